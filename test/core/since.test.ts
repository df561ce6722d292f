import { expect, test } from 'vitest'
import { parseSince } from '../../src/core/since.ts'
import fc from '../harness/fast-check.ts'

const NOW = Date.parse('2026-11-29T12:00:00.000Z')
const SECONDS = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 }

test('a length is that long ago', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 9999 }),
      fc.constantFrom('s', 'm', 'h', 'd', 'w'),
      (amount, unit) => {
        const ago = amount * SECONDS[unit as keyof typeof SECONDS] * 1000
        expect(parseSince(`${amount}${unit}`, NOW)).toBe(new Date(NOW - ago).toISOString())
      },
    ),
    { numRuns: 50 },
  )
})

test('a time is taken as it is, and everything else is refused with the forms that are possible', () => {
  expect(parseSince('2026-11-01T10:00Z', NOW)).toBe('2026-11-01T10:00:00.000Z')
  for (const text of ['', '2', 'h', '2 hours', '-2h', '1.5h', '2026-13-01'])
    expect(() => parseSince(text, NOW)).toThrow(`"${text}" is not a date or time`)
  expect(() => parseSince('2026-11-30', NOW)).toThrow('is in the future')
})
