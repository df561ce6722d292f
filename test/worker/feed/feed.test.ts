import { afterEach, expect, test, vi } from 'vitest'
import { createFeed } from '../../../src/worker/feed/feed.ts'

afterEach(() => vi.useRealTimers())

test.each([
  ['ahead', 1],
  ['behind', -1],
])('freshness and the registry’s time ignore a clock that jumps a day %s', (_way, days) => {
  const feed = createFeed(60_000)
  expect(feed.isRecent()).toBe(false)
  feed.noteTime(new Date('2026-01-31T12:00:00Z'))
  feed.confirm(7, null)
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + days * 24 * 3600 * 1000 })
  expect([feed.isRecent(), feed.cursor, feed.asOf, feed.now()]).toEqual([
    true,
    7,
    '2026-01-31T12:00:00.000Z',
    '2026-01-31T12:00:00.000Z',
  ])
})

test('a state from before the first answer never counts as recent', () => {
  const feed = createFeed(60_000)
  feed.trouble(41)
  expect([feed.cursor, feed.troubled, feed.isRecent(), feed.asOf]).toEqual([41, true, false, undefined])
})
