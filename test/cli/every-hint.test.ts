import { expect, test } from 'vitest'
import { devHints, NO_DEV_HINTS } from './support/hints/dev.ts'
import { FOLDER_HINTS } from './support/hints/folder.ts'
import { HOSTED_HINTS } from './support/hints/hosted.ts'
import { MACHINE_HINTS } from './support/hints/machine.ts'
import { NOT_FOLLOWED } from './support/hints/not-followed.ts'
import { REGISTRY_HINTS } from './support/hints/registry.ts'
import { SERVED_HINTS } from './support/hints/served.ts'
import { WORKER_HINTS } from './support/hints/worker.ts'
import { linesIn, printedTexts } from './support/printed-commands.ts'

const sites = new Set(
  printedTexts()
    .filter(({ isHelp }) => !isHelp)
    .flatMap(({ path, text }) => linesIn(text).map((line) => `${path}: ${line}`)),
)
const DEV_HINTS = [...devHints(() => ({ exit: 0, shown: '', end: async () => {} })), ...NO_DEV_HINTS]
const rows = [
  FOLDER_HINTS,
  MACHINE_HINTS,
  REGISTRY_HINTS,
  WORKER_HINTS,
  HOSTED_HINTS,
  SERVED_HINTS,
  DEV_HINTS,
].flat()
const followed = new Set(rows.flatMap((hint) => hint.sites))
const left = new Set(Object.values(NOT_FOLLOWED).flat())

test(`${followed.size} commands that the sources print are followed, and ${left.size} are not, each for a reason`, () => {
  const missing = [...sites].filter((site) => !followed.has(site) && !left.has(site))
  expect(missing, 'write a row in test/cli/support/hints/ that follows it').toEqual([])
})

test('every row, and every reason, is about a command that the sources print', () => {
  expect([...followed, ...left].filter((site) => !sites.has(site))).toEqual([])
})

test('no command is followed and has a reason why not', () => {
  expect([...left].filter((site) => followed.has(site))).toEqual([])
})
