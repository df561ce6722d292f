// `npm run fire`: hurts the registry as often as docs/reliability.md promises, prints a table, and exits with 1 when
// anything broke. `npm run fire -- publishers server --times 20 --seed 3` runs less; `--write` keeps the table in the page.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { cpus, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'

const PAGE = 'docs/reliability.md'
const { values, positionals } = parseArgs({
  options: { times: { type: 'string' }, seed: { type: 'string' }, write: { type: 'boolean' } },
  allowPositionals: true,
})
for (const name of ['times', 'seed'])
  if (values[name] !== undefined && !/^\d{1,9}$/.test(values[name])) {
    console.error(`--${name} "${values[name]}" is not a whole number`)
    process.exit(2)
  }

const folder = mkdtempSync(join(tmpdir(), 'nofx-fire-'))
const report = join(folder, 'report.jsonl')
const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs')
const { status } = spawnSync(
  process.execPath,
  [vitest, 'run', 'test/integration/fire.test.ts', '--no-file-parallelism'],
  {
    stdio: 'inherit',
    env: {
      ...process.env,
      NOFX_FIRE_REPORT: report,
      NOFX_FIRE_ONLY: positionals.join(','),
      ...(values.times && { NOFX_FIRE_TIMES: values.times }),
      ...(values.seed && { NOFX_FIRE_SEED: values.seed }),
    },
  },
)
const rows = existsSync(report)
  ? readFileSync(report, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
  : []
rmSync(folder, { recursive: true, force: true })

const factsOf = ({ facts }) =>
  Object.entries(facts)
    .map(([name, count]) => `${name}: ${count}`)
    .join(', ')
const table = [
  '| tried | times | goal | broken | seconds | seen |',
  '|---|---|---|---|---|---|',
  ...rows.map(
    (row) =>
      `| ${row.what} | ${row.tried} | ${row.goal} | ${row.broken} | ${row.seconds} | ${factsOf(row)} |`,
  ),
].join('\n')
console.log(table)
if (values.write) {
  const date = new Date().toISOString().slice(0, 10)
  const made = `<!-- made by npm run fire -->\n\nOn ${date}, ${cpus().length} cores, Node.js ${process.version}:\n\n${table}\n\n<!-- end -->`
  writeFileSync(
    PAGE,
    readFileSync(PAGE, 'utf8').replace(/<!-- made by npm run fire -->[\s\S]*<!-- end -->/, () => made),
  )
}
process.exitCode = status === 0 && rows.length > 0 ? 0 : 1
