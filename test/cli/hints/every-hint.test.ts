import { expect, test } from 'vitest'
import { FOLDER_HINTS } from '../support/hints/folder.ts'
import { HOSTED_HINTS } from '../support/hints/hosted.ts'
import { REGISTRY_HINTS } from '../support/hints/registry.ts'
import { SERVED_HINTS } from '../support/hints/served.ts'
import { WORKER_HINTS } from '../support/hints/worker.ts'
import { linesIn, printedTexts } from '../support/printed-commands.ts'

const sites = new Set(
  printedTexts()
    .filter(({ isHelp }) => !isHelp)
    .flatMap(({ path, text }) => linesIn(text).map((line) => `${path}: ${line}`)),
)
const followed = new Set(
  [...FOLDER_HINTS, ...REGISTRY_HINTS, ...WORKER_HINTS, ...HOSTED_HINTS, ...SERVED_HINTS].flatMap((hint) => hint.sites),
)

test('every command that the sources print is followed, or has a reason why not', () => {
  expect([...sites].filter((site) => !followed.has(site))).toEqual([])
})

test('every row is about a command that the sources print', () => {
  expect([...followed].filter((site) => !sites.has(site))).toEqual([])
})
