import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import { sha256 } from '../../../src/contract/digest.ts'
import { RunClock } from '../../../src/core/cache/run-clock.ts'
import { SILENT } from '../../../src/core/progress.ts'
import { planPublish } from '../../../src/core/publish/publish.ts'
import { openQuietPlans, type QuietPlan, QuietPlans } from '../../../src/core/publish/quiet-plans.ts'
import type { Head } from '../../../src/core/registry/registry.ts'
import { sourceOfPublish } from '../../../src/core/tree/publish-source.ts'
import { pick, seeded } from '../../harness/random.ts'
import { isFire } from '../../harness/repetition.ts'
import { makeRepository, ONE, type Repository } from '../git/support/repository.ts'
import { at, BAD, HIDDEN, MORE, STEPS } from '../git/support/steps.ts'
import { registryOf } from '../support/registry.ts'
import { MOVES, readPublished, type World } from './support/world.ts'

/** git's index has whole seconds, so a plan is kept only when everything is older. */
const SETTLED_MS = 2_700

const base = makeRepository()
afterAll(() => base.remove())

const sumOf = (heads: readonly Head[]) => sha256(JSON.stringify(heads))

function open(made: Repository, build = 'a'): QuietPlans {
  const folder = join(made.top, '.git/nofx')
  return new QuietPlans({ path: join(folder, 'publish-x'), maker: build }, made.tree(), new RunClock(folder))
}

/** The plan that is made anew, with the findings, or the reason for having no plan. */
async function plan({ made, heads }: World): Promise<Omit<QuietPlan, 'sum'> | string> {
  try {
    const { commit, tree } = await sourceOfPublish(made.tree(), { allowDirty: false })
    const options = { commit, publishes: ['agents'] }
    const { plan, diagnostics } = await planPublish(
      { ...tree, digests: undefined },
      registryOf({ heads }),
      options,
      SILENT,
    )
    return plan ? { plan, diagnostics } : JSON.stringify(diagnostics)
  } catch (error) {
    return (error as Error).message
  }
}

/** The plan as the command makes it, and whether it was the last one. */
async function planAgain(world: World, build?: string) {
  const plans = open(world.made, build)
  const sum = sumOf(world.heads)
  const last = await plans.recall(async () => sum)
  if (last !== undefined) return { answer: { plan: last.plan, diagnostics: last.diagnostics }, isLast: true }
  const answer = await plan(world)
  if (typeof answer === 'object') await plans.keep({ ...answer, sum })
  return { answer, isLast: false }
}

async function expectEqual(world: World, steps: readonly string[]): Promise<boolean> {
  const { answer, isLast } = await planAgain(world)
  // What is not the last plan was made just now.
  if (isLast) expect(answer, steps.join('; ')).toEqual(await plan(world))
  return isLast
}

const begin = async (made: Repository): Promise<World> => {
  const world: World = { made, heads: [], backup: [] }
  world.heads = await readPublished(world)
  return world
}

/** A copy of the first repository, which has the same heads. */
let ofBase: Promise<Head[]> | undefined
const beginCopy = async (): Promise<World> => {
  ofBase ??= readPublished({ made: base })
  return { made: base.copy(), heads: [...(await ofBase)], backup: [] }
}

const SEEDS = Array.from({ length: isFire ? 24 : 3 }, () => Math.floor(Math.random() * 2 ** 32))

describe('the last plan of a publish that did nothing', () => {
  it('is made again while git and the registry are as they were, and by no other build', async () => {
    const world = await beginCopy()
    await setTimeout(SETTLED_MS)
    expect((await planAgain(world)).isLast).toBe(false)
    expect(await planAgain(world)).toEqual({ answer: await plan(world), isLast: true })
    expect((await planAgain(world, 'b')).isLast).toBe(false)
    world.made.remove()
  })

  it('has its findings, with paths from where it is asked', async () => {
    const world = await beginCopy()
    const found = { severity: 'warning' as const, rule: 'NOFX_X', message: 'x', path: `${ONE}/agent.json` }
    await setTimeout(SETTLED_MS)
    const plans = open(world.made)
    await plans.recall(async () => 'x')
    const answer = await plan(world)
    if (typeof answer === 'string') throw new Error(answer)
    await plans.keep({ ...answer, diagnostics: [found as never], sum: 'x' })
    const tree = { ...world.made.tree(), shownPath: '../shared' }
    const folder = join(world.made.top, '.git/nofx')
    const again = new QuietPlans({ path: join(folder, 'publish-x'), maker: 'a' }, tree, new RunClock(folder))
    expect((await again.recall(async () => 'x'))?.diagnostics).toEqual([
      { ...found, path: '../shared/agents/one/agent.json' },
    ])
    world.made.remove()
  })

  it('is the one of a run without it after each step of git’s and of the registry’s', async () => {
    const walk = async (name: string) => {
      const world = await beginCopy()
      await setTimeout(SETTLED_MS)
      await planAgain(world)
      STEPS[name]?.(world.made)
      await MOVES[name]?.(world)
      const { answer, isLast } = await planAgain(world)
      const expected = isLast ? await plan(world) : answer
      expect(answer, name).toEqual(expected)
      await setTimeout(SETTLED_MS)
      expect((await planAgain(world)).answer, `${name}, time passes`).toEqual(expected)
      world.made.remove()
    }
    await Promise.all([...Object.keys(STEPS), ...Object.keys(MOVES)].map(walk))
  }, 240_000)

  it('is the one of a run without it after random steps', async () => {
    const names = [...Object.keys(STEPS), ...Object.keys(MOVES)]
    const walk = async (seed: number) => {
      const random = seeded(seed)
      const world = await beginCopy()
      const done: string[] = [`seed ${seed}`]
      for (let count = 0; count < 10; count++) {
        const name = random() < 0.3 ? 'what git has is published' : pick(random, names)
        STEPS[name]?.(world.made)
        await MOVES[name]?.(world)
        done.push(name)
        if (random() < 0.4) await setTimeout(SETTLED_MS)
        await expectEqual(world, done)
      }
      world.made.remove()
    }
    await Promise.all(SEEDS.map(walk))
  }, 240_000)

  it('is not kept for what was just written, for changes, and for files that git is told to overlook', async () => {
    const kept = ({ made }: World) =>
      readdirSync(at(made, '.git/nofx')).filter((name) => /^publish/.test(name))
    const world = await beginCopy()
    await planAgain(world)
    expect(kept(world)).toEqual([])
    world.made.git('update-index', '--skip-worktree', MORE)
    await setTimeout(SETTLED_MS)
    await planAgain(world)
    expect(kept(world)).toEqual([])
    world.made.git('update-index', '--no-skip-worktree', MORE)
    await setTimeout(SETTLED_MS)
    await planAgain({ ...world, heads: [] })
    expect(kept(world)).toEqual([])
    await planAgain(world)
    expect(kept(world)).toEqual(['publish-x'])
    world.made.remove()
  })

  it('is not made again over a file that git does not track, wherever it hides', async () => {
    const world = await begin(base.copy().write({ '.gitignore': `bad.md\nthree/\n` }).commit())
    await setTimeout(SETTLED_MS)
    await planAgain(world)
    expect((await planAgain(world)).isLast).toBe(true)
    for (const path of [BAD, `${ONE}/new.md`, 'packages/shared/agents/three/agent.json']) {
      expect(await expectEqual(world, [`no ${path}`])).toBe(true)
      world.made.write({ [path]: HIDDEN })
      expect(await expectEqual(world, [path])).toBe(false)
      world.made.git('clean', '-qfdx', '--', 'packages/shared')
    }
    world.made.remove()
  })

  it('never comes from a file that is damaged', async () => {
    const world = await beginCopy()
    await setTimeout(SETTLED_MS)
    await planAgain(world)
    const path = join(world.made.top, '.git/nofx/publish-x')
    const whole = readFileSync(path)
    for (const index of [0, 20, 90, 200, Math.floor(whole.length / 2), whole.length - 2]) {
      const bytes = Buffer.from(whole)
      bytes[index] = (bytes[index] ?? 0) ^ 1
      writeFileSync(path, bytes)
      expect((await open(world.made).recall(async () => sumOf(world.heads))) ?? 'none', String(index)).toBe(
        'none',
      )
    }
    world.made.remove()
  })

  it('is looked for in a large tree with a folder of caches, and never with rules of a plugin', async () => {
    const { made } = await beginCopy()
    const place = {
      projectRoot: made.top,
      tree: made.tree(),
      hasOwnRules: () => true,
      options: {},
      build: 'a',
    }
    expect(openQuietPlans(place)).toBeUndefined()
    const many = Array.from({ length: 200 }, (_none, n) => [`packages/shared/agents/n${n}/x`, ''])
    made.write(Object.fromEntries(many))
    expect(openQuietPlans(place)).toBeUndefined()
    made.write({ '.git/nofx/digests': '' })
    expect(openQuietPlans(place)).toBeDefined()
    expect(openQuietPlans({ ...place, hasOwnRules: () => false })).toBeUndefined()
    expect(openQuietPlans({ ...place, build: undefined })).toBeUndefined()
    made.remove()
  })
})
