import { chmodSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { Failure } from '../../../src/contract/failure.ts'
import type { Listing } from '../../../src/core/git/listing.ts'
import { planInside, planPreview, type WantedPreview } from '../../../src/core/preview/plan-preview.ts'
import { SILENT } from '../../../src/core/progress.ts'
import { type Apart, askApart } from '../../../src/core/publish/apart.ts'
import { planPublish } from '../../../src/core/publish/publish.ts'
import type { Head, Registry } from '../../../src/core/registry/registry.ts'
import { toNamed } from '../../../src/core/tree/collect.ts'
import { sourceOfPublish } from '../../../src/core/tree/publish-source.ts'
import type { TreeFiles, WorkingTree } from '../../../src/core/tree/tree.ts'
import { agentFiles } from '../../harness/project.ts'
import { pick, seeded } from '../../harness/random.ts'
import { makeRepository, type Repository } from '../git/support/repository.ts'
import { at, STEPS } from '../git/support/steps.ts'
import { answerApart } from '../support/heads-apart.ts'
import { registryOf } from '../support/registry.ts'
import { MOVES, readPublished as readHeads, TREES, type World } from './support/world.ts'

const TWO = 'packages/shared/agents/two'
/** Definitions of texts alone, besides the first one, which has assets. */
const OTHERS = Array.from({ length: 11 }, (_none, at) => `n${at}`)
const base = makeRepository()
for (const id of OTHERS) base.write(agentFiles(id, { owner: undefined }))
base.commit()
const COUNT = OTHERS.length + 2
afterAll(() => base.remove())

const rewrite = (path: string, text: string) => (made: Repository) => {
  if (existsSync(at(made, TWO))) writeFileSync(at(made, `${TWO}/prompts/${path}`), text)
}
/** What happens to a definition that has texts alone. */
const EDITS: Record<string, (made: Repository) => void> = {
  'a text changes': rewrite('system.md', 'Other.\n'),
  'a text has other line ends': rewrite('system.md', 'Other.\r\nText.\r\n'),
  'a text comes that no rule accepts': rewrite('bad.md', 'Bad.\u200b\n'),
  'that text goes': (r) => rmSync(at(r, `${TWO}/prompts/bad.md`), { force: true }),
  'another skill is offered': (r) => {
    const path = at(r, `${TWO}/agent.json`)
    if (existsSync(path)) writeFileSync(path, readFileSync(path, 'utf8').replace('"work"', '"rest"'))
  },
  'a text becomes executable': (r) => existsSync(at(r, TWO)) && chmodSync(at(r, `${TWO}/agent.json`), 0o755),
  'a definition is renamed': (r) => existsSync(at(r, TWO)) && renameSync(at(r, TWO), at(r, `${TWO}x`)),
  'its name comes back': (r) =>
    existsSync(at(r, `${TWO}x`)) && !existsSync(at(r, TWO)) && renameSync(at(r, `${TWO}x`), at(r, TWO)),
}

const needy = (head: Head, more: Partial<Head>): Head => ({ ...head, id: 'needy', ...more })
/** What others have in the registry that needs something of a definition. */
const NEEDS: Record<string, (world: World) => void> = {
  'live heads demand something of several definitions, and of one': ({ heads }) => {
    const [first] = heads
    const provides = heads.find(({ id }) => id === 'n1')?.description.provides[0] ?? 'x'
    const of = (...oneOf: string[]) => ({
      demands: [{ kind: 'agents', oneOf, provides, file: 'agent.json', pointer: [] }],
    })
    if (!first) return
    heads.push(needy(first, of('two', 'n1', 'n2', 'n3')), needy(first, { id: 'poor', ...of('two') }))
    // Which of these are left out depends on the group of trees that "two" is in.
    for (const id of OTHERS) heads.push(needy(first, { id: `rich-${id}`, ...of('two', id) }))
  },
  'a live head requires a definition': ({ heads }) => {
    const [first] = heads
    const references = [
      { kind: 'agents', id: 'two', relation: 'requires' as const, file: 'agent.json', pointer: [] },
    ]
    if (first) heads.push(needy(first, { references }))
  },
  'an operator switches a definition off': ({ heads }) => {
    const disabled = { reason: 'x', by: 'ann', since: '2026-01-01T00:00:00.000Z' }
    if (heads[1]) heads[1] = { ...heads[1], disabled, state: 'disabled' }
  },
  'a draft waits': ({ heads }) => {
    if (heads[1]) heads[1] = { ...heads[1], draftVersion: 2, latestVersion: 2 }
  },
  'a later commit is published': ({ heads }) => {
    if (heads[1]) heads[1] = { ...heads[1], commit: { ...heads[1].commit, rank: 1_000 } }
  },
  'content is published again after others': ({ heads }) => {
    if (heads[1]) heads[1] = { ...heads[1], version: 3, latestVersion: 3 }
  },
}

const treeOf = ({ digest }: Head) => TREES.get(digest)

function registryIn({ heads }: World, most?: number, more: Partial<Registry> = {}) {
  const questions: string[] = []
  const registry = registryOf(
    { heads },
    { headsApart: async (kinds) => answerApart(heads, treeOf, kinds, most), ...more },
  )
  const heard = (name: 'heads' | 'head' | 'headsApart') => ({
    [name]: (...args: never[]) => {
      questions.push(name)
      return (registry[name] as (...args: never[]) => unknown)(...args)
    },
  })
  return {
    questions,
    registry: { ...registry, ...heard('heads'), ...heard('head'), ...heard('headsApart') } as Registry,
  }
}

/** The source of a publish of a working tree that differs from its commit. */
async function dirtySource(made: Repository) {
  let listing: Listing | undefined
  const onListing = (all: Listing) => {
    listing = all
  }
  const { commit, tree } = await sourceOfPublish(made.tree(), { allowDirty: true, onListing })
  if (!listing) throw new Error('no listing')
  return { commit, listing, tree: { ...tree, digests: undefined } as WorkingTree }
}

/** The source of a publish that does not wait for the comparison of the working tree, which refuses what a waiting one does. */
async function source(made: Repository) {
  let listing: Listing | undefined
  const onListing = (all: Listing) => {
    listing = all
  }
  const [waiting, later] = await Promise.allSettled([
    sourceOfPublish(made.tree(), { allowDirty: false }),
    sourceOfPublish(made.tree(), { allowDirty: false, compareLater: true, onListing }),
  ])
  if (later.status === 'rejected') throw later.reason
  const { commit, tree, compared } = later.value
  const refusal = await compared?.then(
    () => undefined,
    (error: Failure) => ({ message: error.message, detail: error.detail }),
  )
  const { message, detail } = waiting.status === 'rejected' ? waiting.reason : {}
  expect(refusal).toEqual(waiting.status === 'rejected' ? { message, detail } : undefined)
  if (refusal) return dirtySource(made)
  if (!listing) throw new Error('no listing')
  return { commit, listing, tree: { ...tree, digests: undefined } as WorkingTree }
}

const kindsOf = (tree: WorkingTree) => ({ kinds: tree.kinds, publishes: tree.kinds.map(({ id }) => id) })

const OPTIONS = [{}, { prune: true }, { draft: true }, { unhold: true }]
/** How often a plan left something out, and how often one was made, so that no way is left out unnoticed. */
const taken = { equal: 0, plans: 0, refused: 0, demanded: 0, broken: new Set<string>() }

/** The plan by trees is the one of reading everything, with all options. */
async function expectEqual(world: World, steps: readonly string[]): Promise<void> {
  const read = await source(world.made).catch((error: unknown) => {
    if (!(error instanceof Failure)) throw error
  })
  if (!read) return void taken.refused++
  const { tree, commit, listing } = read
  const plan = (registry: Registry, more: object) =>
    planPublish(tree, registry, { commit, publishes: ['agents'], ...more }, SILENT).then(
      ({ plan, diagnostics }) => {
        for (const { breaks } of plan?.items ?? []) for (const one of breaks) taken.broken.add(one)
        return { plan, diagnostics }
      },
      (error: Error) => error.message,
    )
  const whole = []
  for (const more of OPTIONS) whole.push(await plan(registryIn(world).registry, more))
  for (const most of [undefined, 1]) {
    const { registry, questions } = registryIn(world, most)
    const apart = (await askApart(listing, kindsOf(tree), registry)) as Apart
    taken.equal += apart.equal
    for (const [at, more] of OPTIONS.entries()) {
      taken.plans++
      const made = await plan(registry, { ...more, apart })
      expect(made, JSON.stringify([...steps, more, most])).toEqual(whole[at])
    }
    taken.demanded += questions.filter((one) => one === 'head').length
  }
}

/** What previews of a registry show that were raised from other content, and one that was just made. */
const PREVIEWS: Record<string, (heads: readonly Head[]) => Head[] | undefined> = {
  'just made': () => undefined,
  'raised without a change': (heads) => [...heads],
  'raised with other content': (heads) =>
    heads.map((head, at) => (at % 3 === 1 ? { ...head, digest: 'd'.repeat(64), latestVersion: 9 } : head)),
  'raised without some definitions': (heads) =>
    heads.map((head, at) => (at % 3 === 2 ? { ...head, state: 'removed' as const, version: null } : head)),
  'raised with drafts': (heads) =>
    heads.map((head, at) => {
      const draft = { ...head, draftVersion: 9, latestVersion: 9 }
      const only = { ...draft, version: null, liveDigest: null, state: 'draft' as const }
      return [head, draft, only, { ...draft, digest: 'd'.repeat(64) }][at % 4] ?? head
    }),
  'raised before contents were held, and withdrawn': (heads) =>
    heads.map((head, at) => {
      const hold = { digest: head.digest, version: 1, reason: null, by: 'ann', since: head.updatedAt }
      return { ...head, hold: [[], [hold], [{ ...hold, withdrawn: true as const }]][at % 3] ?? [] }
    }),
  'raised with more definitions': (heads) => [
    ...heads,
    ...heads.slice(0, 1).map((head) => ({ ...head, id: 'more' })),
  ],
}

/** How often something of a preview moved that is as in production. */
let movedBack = 0

/** Raising a preview changes in it what it would change after reading everything. */
async function expectEqualPreviews(world: World, steps: readonly string[]): Promise<void> {
  const read = await source(world.made).catch((error: unknown) => {
    if (!(error instanceof Failure)) throw error
  })
  if (!read?.commit) return
  const { tree, commit, listing } = read
  const production = registryIn(world)
  const { registry } = production
  const apart = (await askApart(listing, kindsOf(tree), registry)) as Apart
  const options = { publishes: ['agents'], commit }
  const planned = (more: object) =>
    planPreview(tree, registry, { ...options, ...more }, SILENT).catch(() => undefined)
  const [whole, few] = [await planned({}), await planned({ apart })]
  if (!whole?.plan || !few?.plan) return void expect(few?.plan).toEqual(whole?.plan)
  for (const [name, own] of Object.entries(PREVIEWS))
    for (const prune of [false, true]) {
      const shown = own(world.heads)
      const questions: string[] = []
      const plan = async (more: Pick<WantedPreview, 'candidates' | 'apart'>) => {
        const inside = registryIn({ ...world, heads: shown ?? world.heads }, undefined, { preview: 'pr-1' })
        const wanted = { ...options, ...more, prune, isNew: shown === undefined }
        const { items, missing, ...rest } = await planInside(tree, registry, inside.registry, wanted)
        questions.push(...inside.questions)
        const moves = items.map(({ breaks: _, ...item }) => item)
        return { ...rest, moves, missing: missing.map(({ requiredBy: _, ...one }) => one) }
      }
      const expected = await plan({ candidates: whole.candidates })
      production.questions.length = questions.length = 0
      const actual = await plan({ candidates: few.candidates, apart })
      // Not all heads are read, of production or of the preview.
      expect([...new Set(questions)]).toEqual(shown ? ['headsApart'] : [])
      expect(production.questions.every((one) => one === 'head')).toBe(true)
      expect(actual, JSON.stringify([name, prune, ...steps])).toEqual(expected)
      movedBack += expected.moves.filter((one) => apart.isEqual(one)).length
    }
}

const begin = async (): Promise<World> => {
  const world: World = { made: base.copy(), heads: [], backup: [] }
  world.heads = await readPublished(world)
  return world
}

/** The heads of a registry that has what git has, from the first commit: no later one is stale. */
const readPublished = async (world: Pick<World, 'made'>): Promise<Head[]> =>
  (await readHeads(world)).map((head) => ({ ...head, commit: { ...head.commit, rank: 0 } }))

const ALL = { ...STEPS, ...EDITS }
const SEEDS = Array.from({ length: process.env.NOFX_FIRE_REPORT ? 40 : 3 }, () =>
  Math.floor(Math.random() * 2 ** 32),
)

describe('a plan by the ids of trees', () => {
  it('is the plan that is made by reading everything, after random steps of git’s and of the registry’s', async () => {
    const moves = { ...MOVES, ...NEEDS }
    const walk = async (seed: number) => {
      const random = seeded(seed)
      const world = await begin()
      const done = [`seed ${seed}`]
      for (let count = 0; count < 8; count++) {
        const name = pick(random, random() < 0.6 ? Object.keys(ALL) : Object.keys(moves))
        ALL[name]?.(world.made)
        await moves[name]?.(world)
        done.push(name)
        if (random() < 0.8) STEPS['all is committed']?.(world.made)
        if (random() < 0.2) world.heads = await readPublished(world)
        await expectEqual(world, done)
        if (count % 2 === 1) await expectEqualPreviews(world, done)
      }
      world.made.remove()
    }
    await Promise.all(SEEDS.map(walk))
    expect(Math.min(taken.equal, taken.plans)).toBeGreaterThan(0)
    expect(movedBack).toBeGreaterThan(0)
  }, 240_000)

  it('is the same where others need what is left out', async () => {
    for (const [name, need] of Object.entries(NEEDS)) {
      const world = await begin()
      need(world)
      await expectEqual(world, [name])
      EDITS['a text changes']?.(world.made)
      world.made.commit()
      await expectEqual(world, [name, 'and a text changes'])
      EDITS['another skill is offered']?.(world.made)
      world.made.commit()
      await expectEqual(world, [name, 'and another skill is offered'])
      rmSync(at(world.made, TWO), { recursive: true })
      world.made.commit()
      await expectEqual(world, [name, 'and the definition goes'])
      world.made.remove()
    }
    expect(taken.demanded).toBeGreaterThan(0)
    expect(taken.broken).toContain('agents/poor')
  }, 120_000)

  it('reads the definitions that changed and nothing of the others, with one question', async () => {
    const world = await begin()
    const reading = async () => {
      const { commit, listing, tree } = await source(world.made)
      const folders: string[] = []
      const files = new Proxy(tree.files as TreeFiles, {
        get: (from, name) => {
          if (name !== 'prepare') return Reflect.get(from, name).bind(from)
          return (some: Parameters<NonNullable<TreeFiles['prepare']>>[0]) => {
            folders.push(...some.map((one) => toNamed(one).id))
            return from.prepare?.(some)
          }
        },
      })
      const { registry, questions } = registryIn(world)
      const apart = (await askApart(listing, kindsOf(tree), registry)) as Apart
      const { plan } = await planPublish(
        { ...tree, files },
        registry,
        { commit, publishes: ['agents'], apart },
        SILENT,
      )
      return {
        questions,
        folders: [...new Set(folders)],
        items: plan?.items.map(({ id }) => id),
        unchanged: plan?.unchanged,
      }
    }
    // The assets of the first one are not known to the registry, and nothing else is read.
    expect(await reading()).toEqual({
      questions: ['headsApart'],
      folders: ['one'],
      items: [],
      unchanged: COUNT,
    })
    EDITS['a text changes']?.(world.made)
    const changed = {
      questions: ['headsApart'],
      folders: ['one', 'two'],
      items: ['two'],
      unchanged: COUNT - 1,
    }
    expect(await reading()).toEqual(changed)
    world.made.commit()
    expect(await reading()).toEqual(changed)
    // A mode and line ends are in the tree, and not in the content.
    world.heads = await readPublished(world)
    EDITS['a text becomes executable']?.(world.made)
    world.made.commit()
    expect(await reading()).toEqual({
      questions: ['headsApart'],
      folders: ['one', 'two'],
      items: [],
      unchanged: COUNT,
    })
    world.made.remove()
  })

  it('leaves nothing out in a repository with SHA-256, for kinds that it does not publish, and for very many heads', async () => {
    const long = makeRepository('--object-format=sha256')
    const world = { ...(await begin()), made: long }
    world.heads = await readPublished(world)
    await expectEqual(world, ['SHA-256'])
    const equal = async (made: Repository, publishes: string[], most?: number) => {
      const { listing, tree } = await source(made)
      const asked = { kinds: tree.kinds, publishes }
      return (await askApart(listing, asked, registryIn({ ...world, made }, most).registry))?.equal
    }
    expect(await equal(long, ['agents'])).toBe(0)
    world.heads = await readPublished({ made: base })
    expect(await equal(base, ['agents'])).toBeGreaterThan(0)
    expect(await equal(base, [])).toBe(0)
    expect(await equal(base, ['agents'], 0)).toBe(0)
    world.made.remove()
    long.remove()
  })

  it('is the same where the name of a folder reads like two lines of a group', async () => {
    const world = await begin()
    const { made } = world
    world.heads = world.heads.filter(({ id }) => id === 'n1' || id === 'n2')
    const tree = made.git('rev-parse', 'HEAD:packages/shared/agents/n1')
    const [folder, odd] = ['packages/shared/agents', `n1 ${tree}\nn2`]
    renameSync(at(made, `${folder}/n2`), at(made, `${folder}/${odd}`))
    for (const { id } of await readPublished({ made: base }))
      if (id !== 'n2') rmSync(at(made, `${folder}/${id}`), { recursive: true })
    made.commit()
    await expectEqual(world, [odd])
    made.remove()
  })

  it('is not made for a caller that may not ask for it, and fails with every other failure', async () => {
    const world = await begin()
    const { listing, tree } = await source(world.made)
    const refusing = (code: 'REMOTE_DENIED' | 'REMOTE_FAILED') =>
      registryOf({}, { headsApart: async () => Promise.reject(new Failure(code, 'no', '')) })
    expect(await askApart(listing, kindsOf(tree), refusing('REMOTE_DENIED'))).toBeUndefined()
    await expect(askApart(listing, kindsOf(tree), refusing('REMOTE_FAILED'))).rejects.toThrow('no')
    world.made.remove()
  })
})
