import { randomFillSync } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { StageRequest, SyncRequest, SyncResponse } from '../../../src/contract/protocol/sync.ts'
import { SILENT, type StageEvent, type StageWatch } from '../../../src/core/progress.ts'
import { applyPlan } from '../../../src/core/publish/apply.ts'
import { BATCH } from '../../../src/core/publish/prepare.ts'
import { planPublish } from '../../../src/core/publish/publish.ts'
import { sendAll } from '../../../src/core/publish/send.ts'
import type { Registry } from '../../../src/core/registry/registry.ts'
import fc from '../../harness/fast-check.ts'
import { repetitions } from '../../harness/repetition.ts'
import { PUBLISHED, RELEASED, registryOf } from '../support/registry.ts'
import { agentFiles, treeOn } from '../support/tree.ts'

const WHO = { actor: 'ann', force: false }
/** Three batches and a part of a fourth. */
const COUNT = 3 * BATCH + 20
const turn = () => new Promise(setImmediate)

/** A tree of several batches, and the plan of its first publish. */
async function large() {
  const tree = treeOn(...Array.from({ length: COUNT }, (_none, at) => agentFiles(`agent-${at}`)))
  const options = { commit: PUBLISHED, publishes: ['agents'] }
  const { plan } = await planPublish(tree, registryOf(), options, SILENT)
  if (!plan) throw new Error('the tree is valid')
  return (registry: Registry, watch: StageWatch = SILENT) => applyPlan(plan, tree, registry, WHO, watch)
}

/** Something that a publish asked of the registry: when it began, and when it was answered. */
interface Asked {
  what: 'stored' | 'upload' | 'stage' | 'commit'
  paths: string[]
  part?: number
  begun: number
  ended?: number
}

/**
 * A registry whose answers take `delays` turns of the event loop, in turn; request `failing` fails. It keeps what was
 * asked, with a clock that counts beginnings and ends.
 */
function slowRegistry(delays: readonly number[], failing = -1) {
  const all: Asked[] = []
  let clock = 0
  const answer = async <T>(one: Omit<Asked, 'begun'>, result: T): Promise<T> => {
    const number = all.length
    const asked: Asked = { ...one, begun: clock++ }
    all.push(asked)
    for (let left = delays[number % delays.length] ?? 0; left > 0; left--) await turn()
    asked.ended = clock++
    if (number === failing) throw new Error(`request ${number} failed`)
    return result
  }
  const sync = (_kind: string, request: SyncRequest): Promise<SyncResponse> => {
    if (request.action !== 'stage')
      return answer({ what: 'commit', paths: [] }, { ok: true, result: RELEASED } as const)
    const { items, part } = request as StageRequest
    const paths = items.map(({ bundle }) => bundle.path)
    return answer({ what: 'stage', paths, part }, { ok: true, staged: items.length } as const)
  }
  const more: Partial<Registry> = {
    stored: (bundles) => answer({ what: 'stored', paths: bundles.map(({ path }) => path) }, new Set()),
    upload: ({ path }) => answer({ what: 'upload', paths: [path] }, undefined),
    sync,
  }
  const of = (what: Asked['what']) => all.filter((one) => one.what === what)
  return { registry: registryOf({}, more), all, of }
}

/** An answer in the same turn would come before others learn of a failure. */
const delays = (min = 1) => fc.array(fc.integer({ min, max: 6 }), { minLength: 1, maxLength: 40 })
const runs = { numRuns: repetitions(5, 100) }

describe('a publish of several batches', () => {
  test('commits after every upload and every stage is acknowledged, and stages what is stored, whatever takes long', async () => {
    const publish = await large()
    await fc.assert(
      fc.asyncProperty(delays(0), async (turns) => {
        const { registry, of } = slowRegistry(turns)
        await publish(registry)
        const [commit] = of('commit')
        const ended = new Map(of('upload').map(({ paths, ended: at }) => [paths[0], at ?? Number.NaN]))
        expect(of('upload')).toHaveLength(COUNT)
        expect(ended.size).toBe(COUNT)
        for (const { paths, begun } of of('stage'))
          for (const path of paths) expect(ended.get(path)).toBeLessThan(begun)
        for (const one of [...of('upload'), ...of('stage')]) expect(one.ended).toBeLessThan(commit!.begun)
        expect(of('stage').flatMap(({ paths }) => paths)).toHaveLength(COUNT)
        expect(
          of('stage')
            .map(({ part }) => part)
            .sort(),
        ).toEqual([0, 1, 2, 3])
      }),
      runs,
    )
  })

  test('commits nothing if any request fails, begins nothing after it, and waits for what is under way', async () => {
    const publish = await large()
    await fc.assert(
      fc.asyncProperty(delays(), fc.integer({ min: 0, max: COUNT + 7 }), async (turns, failing) => {
        const { registry, all, of } = slowRegistry(turns, failing)
        const failure = { message: `request ${failing} failed` }
        await expect(publish(registry)).rejects.toMatchObject(failure)
        expect(of('commit')).toEqual([])
        expect(all.filter(({ ended }) => ended === undefined)).toEqual([])
        const failed = all[failing]?.ended ?? Number.NaN
        expect(all.filter(({ begun }) => begun > failed)).toEqual([])
        const count = all.length
        for (let left = 10; left > 0; left--) await turn()
        expect(all).toHaveLength(count)
      }),
      runs,
    )
  })

  test('asks once about the bundles of a batch, and sends one stage request for each', async () => {
    const publish = await large()
    const { registry, all, of } = slowRegistry([1])
    await publish(registry)
    expect(of('stored').map(({ paths }) => paths.length)).toEqual([BATCH, BATCH, BATCH, 20])
    expect(of('stage')).toHaveLength(4)
    expect(all).toHaveLength(COUNT + 4 + 4 + 1)
  })

  test('sends a batch while others wait for answers, and has at most three in memory', async () => {
    const publish = await large()
    const release: (() => void)[] = []
    const stored = () => new Promise<Set<string>>((resolve) => release.push(() => resolve(new Set())))
    const registry = registryOf({}, { stored })
    const published = publish(registry)
    while (release.length < 3) await turn()
    for (let left = 100; left > 0; left--) await turn()
    expect(release).toHaveLength(3)
    // The second is answered first: it is staged, and the fourth is read.
    release[1]?.()
    while (release.length < 4) await turn()
    expect(registry.calls.at(-1)).toBe('stage agents')
    expect(registry.requests).toMatchObject([{ action: 'stage', part: 1 }])
    for (const end of release) end()
    await published
    expect(registry.calls.at(-1)).toBe('commit agents')
  })

  test('ends with the reason of Ctrl-C at any request, and commits nothing', async () => {
    const publish = await large()
    await fc.assert(
      fc.asyncProperty(delays(), fc.integer({ min: 0, max: COUNT }), async (turns, at) => {
        const { registry, all, of } = slowRegistry(turns)
        const stop = new AbortController()
        const upload: Registry['upload'] = async (bundle, archive) => {
          if (all.length >= at) stop.abort(new Error('Ctrl-C'))
          return registry.upload(bundle, archive)
        }
        const watch = { emit: () => {}, signal: stop.signal }
        await expect(publish({ ...registry, upload }, watch)).rejects.toThrow('Ctrl-C')
        expect(of('commit')).toEqual([])
        expect(all.filter(({ ended }) => ended === undefined)).toEqual([])
      }),
      runs,
    )
  })

  test('reports its progress up to all that there is, in whatever order the batches end', async () => {
    const publish = await large()
    const events: StageEvent[] = []
    const { registry } = slowRegistry([5, 0, 3, 1])
    await publish(registry, { ...SILENT, emit: (event) => events.push(event) })
    const upload = events.filter(({ stage }) => stage === 'upload')
    const done = upload.map((event) => event.done)
    expect(done).toEqual([...done].sort((a, b) => a - b))
    expect([upload[0], upload.at(-1)]).toMatchObject([{ state: 'started' }, { state: 'done', done: COUNT }])
    expect(upload.filter(({ state }) => state === 'advanced')).toHaveLength(4)
  })

  test('ends a batch where its bundles reach 16 MB, and says how many stage requests were sent', async () => {
    const ids = ['alpha', 'beta', 'gamma', 'delta']
    const tree = treeOn(...ids.map((id) => agentFiles(id)))
    for (const id of ids) {
      const assets = join(tree.root, 'agents', id, 'assets')
      mkdirSync(assets)
      writeFileSync(join(assets, 'x.bin'), randomFillSync(Buffer.alloc(6_000_000)))
    }
    const { plan } = await planPublish(
      tree,
      registryOf(),
      { commit: PUBLISHED, publishes: ['agents'] },
      SILENT,
    )
    const { registry, of } = slowRegistry([1])
    const parts = await sendAll({ items: plan?.items ?? [], key: 'key' }, tree, registry, SILENT)
    expect(of('stored').map(({ paths }) => paths.length)).toEqual([3, 1])
    expect(parts).toBe(of('stage').length)
  })
})
