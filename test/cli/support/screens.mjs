// Runs commands of the built CLI one after another in the terminal of this process, and writes a mark after each.
// Arguments: a JSON file with a list of lists of words.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { resolve } from 'node:path'

const BIN = resolve(import.meta.dirname, '../../../bin')
const { run } = createRequire(import.meta.url)(`${BIN}/load.js`).load().exports
const realNow = Date.now.bind(Date)
/** Every age is shown in days, so that no screen depends on how long a test takes. */
const LATER_MS = 3 * 86_400_000 + 3_600_000

for (const words of JSON.parse(readFileSync(process.argv[2], 'utf8'))) {
  process.argv = [process.execPath, `${BIN}/run.js`, ...words]
  process.exitCode = undefined
  for (const signal of ['SIGINT', 'SIGTERM']) process.removeAllListeners(signal)
  // Only readings: what a publish writes has the real time.
  Date.now = words.includes('publish') ? realNow : () => realNow() + LATER_MS
  await run()
  process.stdout.write('\u0000')
}
process.exit(0)
