// `npm run bench`: measures what the docs promise and prints each ratio beside its goal. Always exits 0, because it
// only measures. `npm run bench -- start validate` runs only the named groups.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { generate } from './generate.mjs'

const GROUPS = [
  'start',
  'validate',
  'bundle',
  'database',
  'publish',
  'http',
  'events',
  'verify',
  'sizes',
  'console',
]
const wanted = process.argv.slice(2)
const work = mkdtempSync(join(tmpdir(), 'nofx-bench-'))
const project = (count) => {
  const root = join(work, `agents-${count}`)
  generate(join(root, 'packages/shared'), count)
  return root
}

const rows = []
try {
  for (const group of GROUPS.filter((name) => wanted.length === 0 || wanted.includes(name))) {
    const { measure } = await import(`./${group}.mjs`)
    try {
      rows.push(
        ...(await measure({ project, bin: resolve('bin/run.js'), floor: resolve('bench/floor.mjs') })),
      )
    } catch (error) {
      // A failed group must not lose the minutes that other groups took.
      rows.push({ what: group, measured: `not measured: ${error.message}`, goal: '' })
    }
  }
} finally {
  rmSync(work, { recursive: true, force: true })
}
const heading = ['what', 'measured', 'goal', 'seconds', 'peak MB']
const cells = [
  heading,
  ...rows.map((row) => [
    row.what,
    row.measured,
    row.goal,
    row.seconds?.toFixed(2) ?? '',
    row.megabytes?.toFixed(0) ?? '',
  ]),
]
for (const row of cells)
  console.log(row.map((cell, i) => cell.padEnd(Math.max(...cells.map((one) => one[i].length)))).join('  '))
