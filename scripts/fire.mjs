// `npm run fire`: damages the registry as often as docs/reliability.md promises, prints a table, and exits with 1 if
// anything broke. `npm run fire -- publishers server --times 20 --minutes 5 --seed 3` runs less; `--write` saves each
// row in the page as soon as its scenario is done, and keeps the rows that did not run; `--add` adds the counts to
// the existing row.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { cpus, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { listFiles } from './list-files.mjs'

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
// On the disk, where registries of users are: `npm test` has its temporary files in memory.
const places = { TMPDIR: tmpdir(), NOFX_FIRE_REPORT: report }
const env = { ...process.env, ...places, NOFX_FIRE_ONLY: positionals.join(',') }
for (const name of NUMBERS) if (values[name]) env[`NOFX_FIRE_${name.toUpperCase()}`] = values[name]

// Without named scenarios, the tests that try a few points, rounds or random inputs in `npm test` try many.
const MANY = ['kill', 'lost-connection', 'race'].map((name) => `test/integration/${name}`)
const files = [
  'test/integration/fire.test.ts',
  ...(positionals.length > 0 ? [] : [...MANY, ...filesThatRepeat()]),
]
const child = spawn(process.execPath, [vitest, 'run', ...files], { stdio: 'inherit', env })
const before = rowsOfPage()
const keeping = setInterval(keep, 2_000)
const status = await new Promise((done) => child.once('close', done))
clearInterval(keeping)
keep()
const rows = readRows()
console.log([...HEAD, ...rows.map(added).map(toRow)].join('\n'))
rmSync(folder, { recursive: true, force: true })
process.exitCode = status === 0 && rows.length > 0 ? 0 : 1

/** The test files that do more here than in `npm test`. */
function filesThatRepeat() {
  const isRepeating = (path) => readFileSync(path, 'utf8').includes('/harness/repetition.ts')
  return listFiles('test').filter((path) => path.endsWith('.test.ts') && isRepeating(path))
}

function readArguments() {
  const options = Object.fromEntries(NUMBERS.map((name) => [name, { type: 'string' }]))
  const given = parseArgs({
    options: { ...options, write: { type: 'boolean' }, add: { type: 'boolean' } },
    allowPositionals: true,
  })
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

/** The rows of the page by scenario, parsed: `| \`name\` | what | tried | goal | broken | facts | …, seconds s |`. */
function rowsOfPage() {
  const table = existsSync(PAGE) ? (MADE.exec(readFileSync(PAGE, 'utf8'))?.[1] ?? '') : ''
  const lines = table.split('\n').filter((line) => line.startsWith('| `'))
  return new Map(
    lines.map((line) => {
      const [name, , tried, , broken, facts, made] = line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim())
      const pairs = facts
        .split(', ')
        .filter(Boolean)
        .map((fact) => [
          fact.slice(0, fact.lastIndexOf(': ')),
          Number(fact.slice(fact.lastIndexOf(': ') + 2)),
        ])
      const seconds = Number(/(\d+) s$/.exec(made)?.[1] ?? 0)
      const numbers = {
        tried: Number(tried),
        broken: Number(broken),
        facts: Object.fromEntries(pairs),
        seconds,
      }
      return [name.replaceAll('`', ''), { line, ...numbers }]
    }),
  )
}

/** The sum of the row in the page and the row of this run. */
function added(row) {
  const old = before.get(row.name)
  if (!values.add || !old) return row
  const facts = { ...old.facts }
  for (const [fact, count] of Object.entries(row.facts)) facts[fact] = (facts[fact] ?? 0) + count
  const [tried, broken, seconds] = ['tried', 'broken', 'seconds'].map((name) => old[name] + row[name])
  return { ...row, tried, broken, seconds, facts }
}

function toRow({ name, what, tried, goal, broken, facts, seconds }) {
  const seen = Object.entries(facts)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([fact, count]) => `${fact}: ${count}`)
    .join(', ')
  const made = `${new Date().toISOString().slice(0, 10)}, ${cpus().length} cores, ${seconds} s`
  return `| \`${name}\` | ${what} | ${tried} | ${goal} | ${broken} | ${seen} | ${made} |`
}

/** With `--write`, puts the rows of this run into the page; a row stays until its scenario is run again. */
function keep() {
  const made = readRows()
  if (!values.write || made.length === 0) return
  const lines = new Map([...rowsOfPage()].map(([name, { line }]) => [name, line]))
  for (const row of made) lines.set(row.name, toRow(added(row)))
  const table = [...HEAD, ...[...lines.values()].sort()].join('\n')
  writeFileSync(
    PAGE,
    readFileSync(PAGE, 'utf8').replace(
      MADE,
      () => `<!-- made by npm run fire -->\n\n${table}\n\n<!-- end -->`,
    ),
  )
}
