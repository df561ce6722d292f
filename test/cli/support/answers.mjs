// Answers command lines one after another, and writes a mark and the exit status after each. Arguments: `whole` for the whole
// program, or `quick` for the files that answer without it; then a JSON file with a list of lists of words. A line that the quick files
// leave to the whole program has the status `left`.
import { readFileSync, writeSync } from 'node:fs'
import { createRequire } from 'node:module'
import { resolve } from 'node:path'

const require = createRequire(import.meta.url)
const root = resolve(import.meta.dirname, '../../..')
const [, , way, list] = process.argv
const { run } = way === 'whole' ? require(`${root}/bin/load.js`).load().exports : {}

for (const words of JSON.parse(readFileSync(list, 'utf8'))) {
  if (way === 'whole') {
    process.argv = [process.execPath, `${root}/bin/run.js`, ...words]
    process.exitCode = undefined
    for (const signal of ['SIGINT', 'SIGTERM']) process.removeAllListeners(signal)
    await run()
    process.stdout.write(`\u0001${process.exitCode}\u0000`)
  } else {
    const isCompletion = words[0] === 'completion' && words.at(-1) !== '--help'
    const { answer } = require(`${root}/dist/${isCompletion ? 'completion' : 'help'}.cjs`)
    writeSync(1, `\u0001${(await answer(root, words)) ? 0 : 'left'}\u0000`)
  }
}
process.exit(0)
