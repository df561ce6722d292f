// `npm run bench`: measures what the docs promise and prints each ratio beside its goal. Always exits 0, because it
// only measures. `npm run bench -- start validate` runs only the named groups.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { commitAll } from './commit-all.mjs'
import { generate } from './generate.mjs'

const GROUPS = [
  'start',
  'validate',
  'bundle',
  'database',
  'publish',
  'embedded',
  'http',
  'wide',
  'events',
  'verify',
  'sizes',
  'console',
]
/** Groups that run only when they are named: they take too long. */
const ON_REQUEST = ['large']
const wanted = process.argv.slice(2)
const work = mkdtempSync(join(tmpdir(), 'nofx-bench-'))
/** A repository with a commit, as people and CI have it. */
const project = (count) => {
  const root = join(work, `agents-${count}`)
  if (existsSync(root)) return root
  generate(join(root, 'packages/shared'), count)
  writeFileSync(join(root, 'package.json'), '{"nofx":{}}\n')
  writeFileSync(join(root, '.gitignore'), '.nofx/\n')
  commitAll(root, 'init', '-q')
  return root
}

const rows = []
try {
  for (const group of [
    ...GROUPS.filter((name) => wanted.length === 0 || wanted.includes(name)),
    ...ON_REQUEST.filter((name) => wanted.includes(name)),
  ]) {
    const { measure } = await import(`./${group}.mjs`)
    try {
      rows.push(
        ...(await measure({ project, work, bin: resolve('bin/run.js'), floor: resolve('bench/floor.mjs') })),
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
