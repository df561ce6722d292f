import { describe, expect, onTestFinished, test } from 'vitest'
import { sha256 } from '../../../src/contract/digest.ts'
import type { KnownState } from '../../../src/worker/cache/known-state.ts'
import { type Cache, openCache } from '../../../src/worker/cache/open-cache.ts'
import { temporaryRoot } from '../../cloud/support/temporary-folder.ts'
import fc from '../../harness/fast-check.ts'

const KEY = 'agents/reviewer'

/** What a registry has of one definition: a number and a content for each of its events. */
interface Release {
  seq: number
  version: number
  digest: string
}

/** A worker: what it holds, and the event that it saw last. */
interface Worker {
  cache: Cache
  held?: KnownState
  seen?: { seq: number; mark: string | undefined }
}

type Step =
  | { do: 'publish'; idle: number }
  | { do: 'hear' | 'flush'; worker: number; clock: Date }
  | { do: 'restore'; back: number; idle: number }

const worker = fc.nat({ max: 2 })
const clock = fc.date({
  min: new Date('2000-01-01'),
  max: new Date('2100-01-01'),
  noInvalidDate: true,
})
const steps = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ do: fc.constant('publish' as const), idle: fc.nat({ max: 3 }) }) },
    { weight: 5, arbitrary: fc.record({ do: fc.constant('hear' as const), worker, clock }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('flush' as const), worker, clock }) },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant('restore' as const),
        back: fc.nat({ max: 6 }),
        idle: fc.nat({ max: 9 }),
      }),
    },
  ),
  { minLength: 4, maxLength: 24 },
)

function folder() {
  const { path: dir, remove } = temporaryRoot()
  onTestFinished(remove)
  return () => openCache({ dir, url: 'https://x.supabase.co', drafts: false, log: () => {} })
}

/** Three workers of one folder, and a registry that moves on, or is set back to what a backup holds. */
async function play(taken: readonly Step[]): Promise<void> {
  const open = folder()
  const workers: Worker[] = []
  for (let one = 0; one < 3; one++) workers.push({ cache: await open() })
  let made = 0
  /** The mark of each event; a restore takes the last ones away, and others come with their numbers. */
  let marks: string[] = []
  let history: Release[] = []
  const move = (events: number) => {
    for (let left = events; left > 0; left--) marks.push(sha256(String(made++)))
  }
  const publish = (idle: number) => {
    move(1 + idle)
    const version = (history.at(-1)?.version ?? 0) + 1
    history.push({ seq: marks.length, version, digest: sha256(String(made++)) })
  }
  /** Its index in the history that the registry has; -1 of one that it has no more. */
  const rankOf = (known: KnownState | undefined) =>
    history.findIndex(({ digest }) => known && 'digest' in known.head && digest === known.head.digest)
  const now = async () => (await open()).readKnown().then((known) => known.get(KEY))
  publish(0)
  for (const step of taken) {
    const before = rankOf(await now())
    if (step.do === 'publish') publish(step.idle)
    if (step.do === 'restore') {
      history = history.slice(0, Math.max(1, history.length - step.back))
      // Other definitions move on before anybody looks: numbers come again, and beyond the last that was known.
      marks = marks.slice(0, history.at(-1)?.seq)
      move(step.idle)
      continue
    }
    if (step.do === 'hear') await hear(workers[step.worker], history, marks, step.clock)
    if (step.do === 'flush') await flush(workers[step.worker])
    const after = await now()
    if (step.do === 'hear') expect(rankOf(after)).toBe(history.length - 1)
    else expect(rankOf(after)).toBeGreaterThanOrEqual(before)
  }
}

/** It asks where the registry is when it begins, and when the registry does not know its last event; then it reads. */
async function hear(one: Worker | undefined, history: Release[], marks: string[], at: Date): Promise<void> {
  const seq = marks.length
  const mark = marks.at(-1)
  const head = history.at(-1)
  if (!one || !head) return
  if (one.seen?.mark === undefined || marks[one.seen.seq - 1] !== one.seen.mark)
    await one.cache.settle(await one.cache.readKnown(), seq)
  one.seen = { seq, mark }
  const { version, digest } = head
  one.held = { head: { state: 'active', version, digest }, asOf: at.toISOString(), seq, mark }
  if (!(await flush(one))) return
  await one.cache.settle(await one.cache.readKnown(), seq)
  await flush(one)
}

/** It tells the folder what it holds, as it does when it ends, however long ago it heard of the registry. */
async function flush(one: Worker | undefined): Promise<boolean> {
  return one?.held !== undefined && one.cache.remember(new Map([[KEY, one.held]]))
}

const active = (asOf: string, seq: number, version = 1): KnownState => ({
  head: { state: 'active', version, digest: sha256(String(version)) },
  asOf,
  seq,
})
const disabled = (asOf: string, seq: number): KnownState => ({ head: { state: 'disabled' }, asOf, seq })

describe('what a folder knows of a definition', () => {
  test.each<[string, KnownState[], KnownState]>([
    [
      'is what the later event says, although its time is of whole seconds',
      [active('2026-11-23T10:00:05.700Z', 3), disabled('2026-11-23T10:00:05.000Z', 4)],
      disabled('2026-11-23T10:00:05.000Z', 4),
    ],
    [
      'is what the later event says, although a server that took over is ten minutes behind',
      [active('2026-11-23T10:10:00.000Z', 3, 1), active('2026-11-23T10:00:30.000Z', 4, 2)],
      active('2026-11-23T10:00:30.000Z', 4, 2),
    ],
    [
      'is not what a worker says that is behind and whose clock is ahead',
      [disabled('2026-11-23T10:00:05.000Z', 4), active('2027-11-23T10:00:06.000Z', 3)],
      disabled('2026-11-23T10:00:05.000Z', 4),
    ],
    [
      'is the higher version of two that were read at one number',
      [active('2026-11-23T10:00:05.000Z', 4, 3), active('2026-11-23T10:00:06.000Z', 4, 2)],
      active('2026-11-23T10:00:05.000Z', 4, 3),
    ],
  ])('%s', async (_what, told, last) => {
    const open = folder()
    for (const known of told) await (await open()).remember(new Map([[KEY, known]]))
    expect((await (await open()).readKnown()).get(KEY)).toEqual(last)
  })

  test('gives way to a registry that says that it counts from less, as far as it was known before that', async () => {
    const open = folder()
    const cache = await open()
    const lost = disabled('2026-11-23T10:00:00.000Z', 400)
    await cache.remember(new Map([[KEY, lost]]))
    const before = await cache.readKnown()
    await cache.settle(before, 12)
    expect((await (await open()).readKnown()).get(KEY)).toEqual({ ...lost, seq: 0 })
    const restored = active('2026-11-23T09:00:00.000Z', 12)
    await (await open()).remember(new Map([[KEY, restored]]))
    // Another worker hears the same a moment later; a third one that heard nothing ends.
    await (await open()).settle(before, 12)
    await cache.remember(new Map([[KEY, lost]]))
    expect((await (await open()).readKnown()).get(KEY)).toEqual(restored)
  })

  test('never goes back in one history and follows a restore, whatever the clocks of three workers say', async () => {
    await fc.assert(fc.asyncProperty(steps, play), { numRuns: 40 })
  })
})
