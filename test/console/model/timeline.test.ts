import { describe, expect, test } from 'vitest'
import { momentAt, placeOf } from '../../../console/model/time/timeline.ts'
import fc from '../../harness/fast-check.ts'

const ticksOf = (times: readonly number[]) =>
  [...times].sort((one, other) => one - other).map((time) => ({ createdAt: new Date(time).toISOString() }))

describe('the line of time', () => {
  test('stands at the last release that had happened, in any zone, and behind all of them for now', () => {
    const ticks = ticksOf([Date.UTC(2026, 10, 1, 10), Date.UTC(2026, 10, 1, 12)])
    expect(placeOf(ticks, '2026-11-01T09:59:59.999Z')).toBe(-1)
    expect(placeOf(ticks, '2026-11-01T11:00+01:00')).toBe(0)
    expect(placeOf(ticks, '2026-11-01T13:30+01:00')).toBe(1)
    expect(placeOf(ticks, undefined)).toBe(2)
    expect(momentAt(ticks, 2)).toBeUndefined()
    expect(placeOf(ticks, 'nonsense')).toBe(-1)
  })

  test('leads from each place to its own moment and back', () => {
    const times = fc.uniqueArray(fc.integer({ min: 0, max: 1e12 }), { minLength: 1, maxLength: 30 })
    fc.assert(
      fc.property(times, (some) => {
        const ticks = ticksOf(some)
        for (let place = 0; place <= ticks.length; place++)
          expect(placeOf(ticks, momentAt(ticks, place))).toBe(place)
      }),
    )
  })
})
