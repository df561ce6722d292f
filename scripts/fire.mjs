// `npm run fire`: hurts the registry as often as docs/reliability.md promises, prints a table, and exits with 1 when
// anything broke. `npm run fire -- publishers server --times 20 --minutes 5 --seed 3` runs less; `--write` keeps each row
// in the page as soon as its scenario is done, beside the rows that did not run.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { cpus, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'

const PAGE = 'docs/reliability.md'
const MADE = /<!-- made by npm run fire -->([\s\S]*)<!-- end -->/
const HEAD = [
  '| scenario | what is tried | times | goal | broken | seen | made |',
  '|---|---|---|---|---|---|---|',
]
const NUMBERS = ['times', 'minutes', 'seed']

const { values, positionals } = readArguments()
const folder = mkdtempSync(join(tmpdir(), 'nofx-fire-'))
const report = join(folder, 'report.jsonl')
const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs')
const env = { ...process.env, NOFX_FIRE_REPORT: report, NOFX_FIRE_ONLY: positionals.join(',') }
for (const name of NUMBERS) if (values[name]) env[`NOFX_FIRE_${name.toUpperCase()}`] = values[name]

const child = spawn(process.execPath, [vitest, 'run', 'test/integration/fire.test.ts'], {
  stdio: 'inherit',
  env,
})
const keeping = setInterval(keep, 2_000)
const status = await new Promise((done) => child.once('close', done))
clearInterval(keeping)
keep()
const rows = readRows()
console.log([...HEAD, ...rows.map(toRow)].join('\n'))
rmSync(folder, { recursive: true, force: true })
process.exitCode = status === 0 && rows.length > 0 ? 0 : 1

function readArguments() {
  const options = Object.fromEntries(NUMBERS.map((name) => [name, { type: 'string' }]))
  const given = parseArgs({ options: { ...options, write: { type: 'boolean' } }, allowPositionals: true })
  for (const name of NUMBERS) {
    const value = given.values[name]
    if (value === undefined || /^\d{1,9}$/.test(value)) continue
    console.error(`--${name} "${value}" is not a whole number`)
    process.exit(2)
  }
  return given
}

function readRows() {
  if (!existsSync(report)) return []
  return readFileSync(report, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .map((line) => JSON.parse(line))
}

function toRow({ name, what, tried, goal, broken, facts, seconds }) {
  const seen = Object.entries(facts)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([fact, count]) => `${fact}: ${count}`)
    .join(', ')
  const made = `${new Date().toISOString().slice(0, 10)}, ${cpus().length} cores, ${seconds} s`
  return `| \`${name}\` | ${what} | ${tried} | ${goal} | ${broken} | ${seen} | ${made} |`
}

/** Puts the rows of this run in the page, with `--write`; a row stays until its scenario is run again. */
function keep() {
  const made = readRows().map(toRow)
  if (!values.write || made.length === 0) return
  const page = readFileSync(PAGE, 'utf8')
  const kept = (MADE.exec(page)?.[1] ?? '').split('\n').filter((line) => line.startsWith('| `'))
  const byName = new Map([...kept, ...made].map((row) => [row.split('|')[1], row]))
  const table = [...HEAD, ...[...byName.values()].sort()].join('\n')
  writeFileSync(
    PAGE,
    page.replace(MADE, () => `<!-- made by npm run fire -->\n\n${table}\n\n<!-- end -->`),
  )
}
