import { describe, expect, test } from 'vitest'
import { makeAxis, type Span } from '../../../console/model/runs/run-axis.ts'
import { commandOf, tellDuration, tellSteps } from '../../../console/model/runs/run-words.ts'
import fc from '../../harness/fast-check.ts'

const HOUR = 3_600_000

describe('the axis of a run', () => {
  test('is true to scale without long pauses', () => {
    const axis = makeAxis([
      { from: 0, to: 100 },
      { from: 120, to: 200 },
    ])
    expect([0, 100, 120, 200].map((at) => axis?.place(at))).toEqual([0, 0.5, 0.6, 1])
    expect(axis?.pauses).toEqual([])
  })

  test('makes a night short, so that the work on both sides is seen', () => {
    const axis = makeAxis([
      { from: 0, to: 1000 },
      { from: 8 * HOUR, to: 8 * HOUR + 1000 },
    ])
    expect(axis?.place(1000)).toBeCloseTo(0.472, 3)
    expect(axis?.place(8 * HOUR)).toBeCloseTo(0.528, 3)
    expect(axis?.pauses).toEqual([{ place: expect.closeTo(0.5, 3), ms: 8 * HOUR - 1000 }])
  })

  test('keeps the order of any times, between its ends', () => {
    const spans = fc.array(
      fc.tuple(fc.nat(10 ** 9), fc.nat(10 ** 6)).map(([from, took]): Span => ({ from, to: from + took })),
    )
    fc.assert(
      fc.property(spans, fc.array(fc.nat(2 * 10 ** 9)), (busy, more) => {
        const axis = makeAxis(busy)
        expect(axis === undefined).toBe(busy.length === 0)
        if (!axis) return
        const times = [...busy.flatMap(({ from, to }) => [from, to]), ...more].sort((a, b) => a - b)
        const places = times.map(axis.place)
        for (const [at, place] of places.entries()) {
          expect(place).toBeGreaterThanOrEqual(places[at - 1] ?? 0)
          expect(place).toBeLessThanOrEqual(1)
        }
        expect(axis.place(Math.min(...busy.map(({ from }) => from)))).toBe(0)
        expect(axis.place(Math.max(...busy.map(({ to }) => to)))).toBe(1)
      }),
      { numRuns: 200 },
    )
  })
})

test('the command of a run goes on with it, or runs its plan again', () => {
  const run = { runId: '3f9c2ab41d07', planId: '6a1f', env: null, unapproved: [] as string[] }
  for (const [state, more, command] of [
    [
      'paused',
      { unapproved: ['post', "o'k"] },
      `nofx worker run --resume 3f9c2ab41d07 --approve post --approve 'o'\\''k'`,
    ],
    ['interrupted', {}, 'nofx worker run --resume 3f9c2ab41d07'],
    ['failed', { env: 'pr-12' }, 'nofx worker run --plan 6a1f --env pr-12 --runner <command>'],
    ['unreadable', { planId: null }, undefined],
    ['running', {}, undefined],
  ] as const)
    expect([state, commandOf({ ...run, state, ...more })]).toEqual([state, command])
})

test.each([
  [{ done: 3 }, '3 steps'],
  [{ done: 1, skipped: 1 }, '2 steps, 1 skipped'],
  [{ done: 2, failed: 1, 'not-run': 1 }, '2 of 4 steps, 1 failed'],
  [{ waiting: 1 }, '0 of 1 step'],
  [{}, ''],
])('steps are counted in words: %j', (counts, text) => expect(tellSteps(counts)).toBe(text))

test.each([
  [12.4, '12 ms'],
  [1_250, '1.3 s'],
  [59_960, '1 min 0 s'],
  [184_000, '3 min 4 s'],
  [2 * HOUR + 61_000, '2 h 1 min'],
])('%d ms is told as %s', (ms, text) => expect(tellDuration(ms)).toBe(text))
