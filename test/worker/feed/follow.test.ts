import { describe, expect, onTestFinished, test } from 'vitest'
import { Failure } from '../../../src/contract/failure.ts'
import type { EventPage, RegistryEvent } from '../../../src/contract/protocol/events.ts'
import { type FollowOptions, followEvents } from '../../../src/worker/feed/follow.ts'
import { seeded } from '../../harness/random.ts'

/** A mark of this history at a number. */
const markAt = (seq: number) => `00000000-0000-4000-8000-${String(seq).padStart(12, '0')}`
const eventAt = (seq: number): RegistryEvent => ({
  seq,
  type: 'agent.updated',
  kind: 'agents',
  id: `agent-${seq}`,
  version: 1,
  digest: null,
  releaseId: null,
  at: '2026-01-31T12:00:00.000Z',
})
const pageAt = (cursor: number, shown: RegistryEvent[]): EventPage => ({
  cursor,
  mark: markAt(cursor),
  events: shown,
})
const events = (from: number, to: number) =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => eventAt(from + index))

/** A feed in memory: its answers can be replaced, and its listeners nudged. */
function feedAt(start: number, limit = 3) {
  const listeners = new Set<() => void>()
  const feed = {
    seq: start,
    reads: 0,
    /** The answer of a read in place of its page. */
    instead: undefined as (() => Promise<EventPage>) | undefined,
    marks: [] as (string | null)[],
    page: async (since: number, _cut: AbortSignal, mark: string | null): Promise<EventPage> => {
      feed.reads++
      feed.marks.push(mark)
      if (feed.instead) return feed.instead()
      const shown = events(since + 1, Math.min(feed.seq, since + limit))
      return pageAt(shown.length === limit ? since + limit : feed.seq, shown)
    },
    wakeups: (wake: () => void) => {
      listeners.add(wake)
      return () => listeners.delete(wake)
    },
    wake: () => {
      for (const wake of listeners) wake()
    },
    listeners,
  }
  return feed
}

function follow(feed: ReturnType<typeof feedAt>, more: Partial<FollowOptions> = {}) {
  const ending = new AbortController()
  onTestFinished(() => ending.abort())
  const seen: number[] = []
  const options = { page: feed.page, wakeups: feed.wakeups, since: 0, pollMs: 60_000, signal: ending.signal }
  const ended = (async () => {
    for await (const event of followEvents({ ...options, ...more })) seen.push(event.seq)
  })()
  return { seen, ended, ending }
}

const upTo = (last: number) => events(1, last).map(({ seq }) => seq)

describe('a follower', () => {
  test('a follower reads page by page from its cursor, then continues on a nudge', async () => {
    const feed = feedAt(7)
    const { seen } = follow(feed, { since: 2 })
    await expect.poll(() => seen).toEqual([3, 4, 5, 6, 7])
    feed.seq = 9
    feed.wake()
    await expect.poll(() => seen).toEqual([3, 4, 5, 6, 7, 8, 9])
  })

  test('a follower polls when no nudge arrives', async () => {
    const feed = feedAt(0)
    const { seen } = follow(feed, { pollMs: 20 })
    await expect.poll(() => feed.reads).toBeGreaterThan(1)
    feed.seq = 2
    await expect.poll(() => seen).toEqual([1, 2])
  })

  test('a follower handles a nudge that arrives during a read', async () => {
    const feed = feedAt(1)
    let answer: (page: EventPage) => void = () => {}
    feed.instead = () =>
      new Promise((resolve) => {
        answer = resolve
      })
    const { seen } = follow(feed)
    await expect.poll(() => feed.reads).toBe(1)
    feed.instead = undefined
    feed.wake()
    answer(pageAt(0, []))
    await expect.poll(() => seen).toEqual([1])
  })

  test('a follower yields each event once and in order when pages are repeated, late or unordered', async () => {
    const feed = feedAt(0)
    const random = seeded(5)
    const mixed: EventPage[] = [
      pageAt(3, [eventAt(3), eventAt(1), eventAt(2), eventAt(2)]),
      pageAt(2, events(1, 3)),
      pageAt(5, [eventAt(5), eventAt(2), eventAt(4)]),
    ]
    feed.seq = 40
    feed.instead = async () => {
      const page = mixed.shift()
      if (mixed.length === 0) feed.instead = undefined
      return page!
    }
    const { seen } = follow(feed)
    const waking = setInterval(() => random() < 0.9 && feed.wake(), 1)
    onTestFinished(() => clearInterval(waking))
    await expect.poll(() => seen.at(-1)).toBe(40)
    expect(seen).toEqual(upTo(40))
  })

  test('a follower retries reads that fail, never answer or answer too late', async () => {
    const feed = feedAt(2)
    const late: (() => void)[] = []
    const bad = [
      () => Promise.reject(new Error('refused')),
      () => new Promise<EventPage>(() => {}),
      () => new Promise<EventPage>((resolve) => late.push(() => resolve(pageAt(9, [eventAt(9)])))),
    ]
    feed.instead = () => {
      const next = bad.shift()!
      if (bad.length === 0) feed.instead = undefined
      return next()
    }
    const troubles: string[] = []
    const { seen } = follow(feed, {
      answerWithinMs: 30,
      pollMs: 50,
      onTrouble: (error, pauseMs) => {
        troubles.push((error as Error).message)
        expect(pauseMs).toBeLessThanOrEqual(50)
      },
    })
    await expect.poll(() => seen).toEqual([1, 2])
    for (const answer of late) answer()
    expect(troubles).toEqual(['refused', 'no answer within 0.03 s', 'no answer within 0.03 s'])
    feed.seq = 3
    feed.wake()
    await expect.poll(() => seen).toEqual([1, 2, 3])
  })

  test('a follower keeps its pauses after failures, however often it is nudged', async () => {
    const feed = feedAt(1)
    feed.instead = () => Promise.reject(new Error('down'))
    follow(feed)
    let wakeups = 0
    const waking = setInterval(() => {
      wakeups++
      feed.wake()
    }, 1)
    onTestFinished(() => clearInterval(waking))
    await expect.poll(() => wakeups).toBeGreaterThan(60)
    expect(feed.reads).toBeLessThan(6)
  })

  test('a follower asks with the mark of its cursor, and without one when a page ends before its events', async () => {
    const feed = feedAt(4)
    const { seen } = follow(feed, { mark: markAt(0) })
    await expect.poll(() => seen).toEqual(upTo(4))
    feed.instead = async () => {
      feed.instead = undefined
      return pageAt(4, [eventAt(5)])
    }
    feed.wake()
    await expect.poll(() => seen).toEqual(upTo(5))
    feed.seq = 6
    feed.wake()
    await expect.poll(() => seen).toEqual(upTo(6))
    expect(feed.marks).toEqual([markAt(0), markAt(3), markAt(4), markAt(4), null, null, markAt(6)])
  })

  test('a follower throws CURSOR_GONE for a cursor that is no longer valid', async () => {
    const feed = feedAt(1)
    const gone = new Failure('CURSOR_GONE', 'too old', 'read again', { detail: { floor: 5, seq: 9 } })
    feed.instead = () => Promise.reject(gone)
    await expect(follow(feed).ended).rejects.toBe(gone)
    expect(feed.listeners.size).toBe(0)
  })

  test('a follower reads no page before the consumer needs it', async () => {
    const feed = feedAt(1000)
    const { signal } = new AbortController()
    const taken: number[] = []
    for await (const { seq } of followEvents({ page: feed.page, wakeups: feed.wakeups, since: 0, signal })) {
      taken.push(seq)
      if (seq === 4) break
    }
    expect([taken, feed.reads, feed.listeners.size]).toEqual([[1, 2, 3, 4], 2, 0])
  })

  test.each([
    ['while it waits', (feed: ReturnType<typeof feedAt>) => feed],
    [
      'while it reads',
      (feed: ReturnType<typeof feedAt>) => {
        feed.instead = () => new Promise(() => {})
        return feed
      },
    ],
    [
      'while it pauses after a failure',
      (feed: ReturnType<typeof feedAt>) => {
        feed.instead = () => Promise.reject(new Error('down'))
        return feed
      },
    ],
  ])('a follower ends without an error %s', async (_when, prepare) => {
    const feed = prepare(feedAt(0))
    const { ended, ending } = follow(feed)
    await expect.poll(() => feed.reads).toBe(1)
    ending.abort()
    await ended
    expect(feed.listeners.size).toBe(0)
  })
})
