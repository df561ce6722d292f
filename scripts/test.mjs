// `npm test`: runs vitest and translates arguments that users of other runners type: --runInBand, the folder
// `tests/`, and camelCase file names.
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const translate = (word) => {
  if (word === '--runInBand' || word === '-i') return '--no-file-parallelism'
  if (!/^tests?\//.test(word)) return word
  return word.replace(/^tests\//, 'test/').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}

const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs')
const { status } = spawnSync(process.execPath, [vitest, 'run', ...process.argv.slice(2).map(translate)], {
  stdio: 'inherit',
  // By default, glibc raises this threshold when a large block is freed, and keeps the next ones instead of giving them
  // back. A process with that much memory takes twice as long to start another one, and tests start thousands.
  env: { MALLOC_MMAP_THRESHOLD_: '131072', ...process.env },
})
process.exitCode = status ?? 1
