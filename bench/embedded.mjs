import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { commitAll } from './commit-all.mjs'
import { pair, runOnce } from './measure.mjs'

const COUNT = 2000

/** The embedded cloud on PGlite: the first command in a project, a later one, and a first publish of many. */
export async function measure({ project, bin }) {
  const samples = join(project(COUNT), '../samples')
  mkdirSync(samples)
  cpSync(resolve('packages/shared'), join(samples, 'packages/shared'), { recursive: true })
  writeFileSync(join(samples, 'package.json'), '{"nofx":{}}\n')
  writeFileSync(join(samples, '.gitignore'), '.nofx/\n')
  commitAll(samples, 'init', '-q')
  const env = { NOFX_ACTOR: 'bench' }
  const empty = (cwd) => () => {
    for (const path of ['.nofx', '.git/nofx']) rmSync(join(cwd, path), { recursive: true, force: true })
  }
  const command = (cwd, words, before) => ({ args: [bin, 'registry', ...words], cwd, env, before })
  const nothing = { args: ['-e', '0'], cwd: samples }
  const inSamples = [
    ['first publish of the samples, PGlite', command(samples, ['publish'], empty(samples)), 55],
    ['registry list of the samples, PGlite', command(samples, ['list']), 16],
  ].map(([what, run, goal]) => {
    const { ratio, ...rest } = pair(run, nothing)
    return { what, measured: `${ratio.toFixed(1)} × node -e 0`, goal: `<= ${goal}`, ...rest }
  })
  const many = project(COUNT)
  const first = runOnce(command(many, ['publish'], empty(many)))
  const rate = `${(COUNT / first.seconds).toFixed(0)} a second`
  return [...inSamples, { what: `first publish of ${COUNT}, PGlite`, measured: rate, goal: '400', ...first }]
}
