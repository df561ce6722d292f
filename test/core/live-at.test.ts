import { expect, test } from 'vitest'
import type { Failure } from '../../src/contract/failure.ts'
import { parsePast } from '../../src/core/live-at.ts'

const NOW = Date.parse('2026-11-02T00:00Z')

test.each([
  ['2026-11-01', '2026-11-01T00:00:00.000Z'],
  ['2026-11-01T10:00Z', '2026-11-01T10:00:00.000Z'],
  ['2026-11-01t10:00z', '2026-11-01T10:00:00.000Z'],
  ['2026-11-01 10:00:30Z', '2026-11-01T10:00:30.000Z'],
  ['2026-11-01T10:00:30.5Z', '2026-11-01T10:00:30.500Z'],
  ['2026-11-01T10:00:30.123456789Z', '2026-11-01T10:00:30.123Z'],
  ['2026-11-01T10:00+05:30', '2026-11-01T04:30:00.000Z'],
  ['2026-11-01T10:00-0800', '2026-11-01T18:00:00.000Z'],
  ['2024-02-29', '2024-02-29T00:00:00.000Z'],
  ['2026-11-02T00:00Z', '2026-11-02T00:00:00.000Z'],
])('%s is the time %s', (text, time) => {
  expect(parsePast(text, NOW)).toBe(time)
})

test.each([
  ['', 'is not a date or time'],
  ['now', 'is not a date or time'],
  ['1762000000', 'is not a date or time'],
  ['2026-11', 'is not a date or time'],
  ['2026-13-01', 'is not a date or time'],
  ['2026-02-29', 'is not a date or time'],
  ['2026-11-01T24:00Z', 'is not a date or time'],
  ['2026-11-01T10:60Z', 'is not a date or time'],
  ['2026-11-01T10Z', 'is not a date or time'],
  ['2026-11-01T10:00+25:00', 'is not a date or time'],
  ['2026-11-01Z', 'is not a date or time'],
  ['+012026-11-01', 'is not a date or time'],
  ['2026-11-01T10:00', 'has no time zone'],
  ['2026-11-02T00:00:00.001Z', 'is in the future'],
  ['2026-11-02T00:00-01:00', 'is in the future'],
])('%j is refused: it %s', (text, says) => {
  const refuse = () => parsePast(text, NOW)
  expect(refuse).toThrow(says)
  try {
    refuse()
  } catch (error) {
    expect(error).toMatchObject({
      code: 'USAGE',
      hint: expect.stringMatching(/2026/),
    } satisfies Partial<Failure>)
  }
})
