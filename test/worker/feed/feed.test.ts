import { afterEach, expect, test, vi } from 'vitest'
import { createFeed } from '../../../src/worker/feed/feed.ts'

afterEach(() => vi.useRealTimers())

test.each([
  ['ahead', 1],
  ['behind', -1],
])('freshness and the registry’s time ignore a clock that jumps a day %s', (_way, days) => {
  const feed = createFeed(60_000, () => {})
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
  const feed = createFeed(60_000, () => {})
  feed.trouble(new Error('down'), 41)
  expect([feed.cursor, feed.troubled, feed.isRecent(), feed.asOf]).toEqual([41, true, false, undefined])
})

test('each cause of an outage is logged once, also one from the start, and a limited number of them', () => {
  const logged: string[] = []
  const feed = createFeed(60_000, (line) => logged.push(line))
  for (const cause of ['slow', 'down', 'slow', 'down']) feed.trouble(new Error(cause), 41)
  feed.confirm(42, null)
  feed.confirm(43, null)
  feed.trouble(new Error('slow'))
  const known = 'continuing with what is known:'
  const again = 'the registry answers again'
  expect(logged).toEqual([`${known} slow`, `${known} down`, again, `${known} slow`])
  for (let number = 0; number < 1000; number++) feed.trouble(new Error(`request ${number} failed`))
  expect(logged).toHaveLength(3 + 20)
})
