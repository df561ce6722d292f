import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { commitAll } from './commit-all.mjs'
import { median, pair, runOnce } from './measure.mjs'
import { startDev } from './start-dev.mjs'

const COUNT = 2000
/** Definitions of the publish that finds nothing to do. */
const WARM_COUNT = 5000
const STARTS = 5

/**
 * The embedded cloud on PGlite: the first command in a project, later ones, a first publish of many, one that finds nothing
 * to do, and how long `nofx dev` takes to be ready.
 */
export async function measure({ project, bin, floor }) {
  const samples = join(project(COUNT), '../samples')
  mkdirSync(samples)
  cpSync(resolve('packages/shared'), join(samples, 'packages/shared'), { recursive: true })
  writeFileSync(join(samples, 'package.json'), '{"nofx":{}}\n')
  writeFileSync(join(samples, '.gitignore'), '.nofx/\n')
  commitAll(samples, 'init', '-q')
  const env = { NOFX_ACTOR: 'bench' }
  const remove =
    (cwd, ...paths) =>
    () => {
      for (const path of paths) rmSync(join(cwd, path), { recursive: true, force: true })
    }
  const empty = (cwd) => remove(cwd, '.nofx', '.git/nofx')
  const command = (cwd, words, before) => ({ args: [bin, 'registry', ...words], cwd, env, before })
  const nothing = { args: ['-e', '0'], cwd: samples }
  const inSamples = [
    ['first publish of the samples, PGlite', command(samples, ['publish'], empty(samples)), 55],
    ['registry list of the samples, PGlite', command(samples, ['list']), 16],
    [
      'the same after a write, which opens the database',
      command(samples, ['list'], remove(samples, '.nofx/at-rest')),
    ],
  ].map(([what, run, goal]) => {
    const { ratio, ...rest } = pair(run, nothing)
    return { what, measured: inStarts(ratio), goal: goal ? `<= ${goal}` : '', ...rest }
  })
  const many = project(COUNT)
  const first = runOnce(command(many, ['publish'], empty(many)))
  const rate = `${(COUNT / first.seconds).toFixed(0)} a second`
  return [
    ...inSamples,
    await measureDev({ what: 'first nofx dev', goal: 55, bin, nothing, before: empty(samples) }),
    await measureDev({ what: 'nofx dev again', goal: 28, bin, nothing }),
    { what: `first publish of ${COUNT}, PGlite`, measured: rate, goal: '400', ...first },
    measureWarm(command(project(WARM_COUNT), ['publish']), floor),
  ]
}

const inStarts = (ratio) => `${ratio.toFixed(1)} × node -e 0`

/** A publish of definitions that are published already, on what earlier commands kept. */
function measureWarm(publish, floor) {
  runOnce(publish)
  // The first one after it keeps its plan.
  runOnce(publish)
  const { ratio, ...rest } = pair(publish, { args: [floor, 'packages/shared'], cwd: publish.cwd })
  const what = `publish, 0 of ${WARM_COUNT} changed, PGlite`
  return { what, measured: `${ratio.toFixed(2)} × floor`, goal: '<= 2.5', ...rest }
}

/** From the start of `nofx dev` until it says that it is ready. */
async function measureDev({ what, goal, bin, nothing, before = () => {} }) {
  const runs = []
  for (let at = 0; at < STARTS; at++) {
    before()
    const started = performance.now()
    const { stop } = await startDev(bin, nothing.cwd)
    const seconds = (performance.now() - started) / 1000
    await stop()
    runs.push({ seconds, ratio: seconds / runOnce(nothing).seconds })
  }
  const middle = (name) => median(runs.map((run) => run[name]))
  return { what, measured: inStarts(middle('ratio')), goal: `<= ${goal}`, seconds: middle('seconds') }
}
