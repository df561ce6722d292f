// Answers command lines one after another, and writes a mark and the exit status after each. Arguments: `whole` for the whole
// program, or `quick` for the files that answer without it; then a JSON file with a list of lists of words. A line that the quick files
// leave to the whole program has the status `left`.
import { readFileSync, writeSync } from 'node:fs'
import { createRequire } from 'node:module'
import { resolve } from 'node:path'

const require = createRequire(import.meta.url)
const root = resolve(import.meta.dirname, '../../..')
const [, , way, list] = process.argv
const { load, loadCheck } = require(`${root}/bin/load.js`)
const loadWhole = () => load().exports
const { run } = way === 'whole' ? loadWhole() : {}
/** The file of the build that answers these words. */
function answerOf(words) {
  if (words[0] === 'validate' && words.at(-1) !== '--help')
    return loadCheck().exports.check(root, words.slice(1), { loadWhole })
  const isCompletion = words[0] === 'completion' && words.at(-1) !== '--help'
  return require(`${root}/dist/${isCompletion ? 'completion' : 'help'}.cjs`).answer(root, words)
}

for (const words of JSON.parse(readFileSync(list, 'utf8'))) {
  if (way === 'whole') {
    process.argv = [process.execPath, `${root}/bin/run.js`, ...words]
    process.exitCode = undefined
    for (const signal of ['SIGINT', 'SIGTERM']) process.removeAllListeners(signal)
    await run()
    process.stdout.write(`\u0001${process.exitCode}\u0000`)
  } else {
    writeSync(1, `\u0001${(await answerOf(words)) ? 0 : 'left'}\u0000`)
  }
}
process.exit(0)
