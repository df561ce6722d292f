import { describe, expect, test } from 'vitest'
import { isDate, isDateTime, isDuration, isTime } from '../../../src/contract/schemas/time-formats.ts'
import fc from '../../harness/fast-check.ts'

const two = (value: number) => String(value).padStart(2, '0')

test('a date is one that the calendar has', () => {
  const parts = fc.tuple(
    fc.integer({ min: 1000, max: 9999 }),
    fc.integer({ min: 0, max: 13 }),
    fc.integer({ min: 0, max: 32 }),
  )
  fc.assert(
    fc.property(parts, ([year, month, day]) => {
      const text = `${year}-${two(month)}-${two(day)}`
      const date = new Date(Date.UTC(year, month - 1, day))
      const isReal =
        date.getUTCMonth() === month - 1 && date.getUTCDate() === day && month >= 1 && month <= 12
      expect({ text, is: isDate(text) }).toEqual({ text, is: isReal })
    }),
    { numRuns: 1_000 },
  )
})

test('every time that this program writes is a date with a time', () => {
  const times = fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
  fc.assert(
    fc.property(times, (time) => isDateTime(time.toISOString())),
    { numRuns: 200 },
  )
})

describe.each<[string, (text: string) => boolean, string[], string[]]>([
  [
    'a date',
    isDate,
    ['2024-02-29', '2000-02-29'],
    ['2023-02-29', '1900-02-29', '2024-2-9', '24-02-29', '2024-02-29Z', '२०२४-०२-२९', ''],
  ],
  [
    'a time',
    isTime,
    ['00:00:00Z', '23:59:60Z', '23:59:59.999z', '12:00:00+23:59', '00:29:60+00:30', '15:59:60-08:00'],
    [
      '24:00:00Z',
      '12:60:00Z',
      '12:00:61Z',
      '12:00:60Z',
      '12:00Z',
      '12:00:00',
      '12:00:00+24:00',
      '12:00:00+0100',
      '12:00:00.Z',
      '23:59:60+01:00',
    ],
  ],
  [
    'a date with a time',
    isDateTime,
    ['2024-02-29T00:00:00Z', '2024-02-29t00:00:00z', '2024-02-29 00:00:00Z'],
    ['2024-02-29', '2024-02-29T', '2024-02-29_00:00:00Z', '2023-02-29T00:00:00Z'],
  ],
  [
    'a duration',
    isDuration,
    ['P1D', 'PT1S', 'P1Y2M3DT4H5M6S', 'P2W', 'PT0.5S'],
    ['', 'P', 'PT', 'P1DT', '1D', 'P1S', 'PT1D', 'P1W2D', 'P-1D', 'p1d', 'P1M1Y'],
  ],
])('%s', (_what, is, yes, no) => {
  test.each(yes)('%j is one', (text) => expect(is(text)).toBe(true))
  test.each(no)('%j is not one', (text) => expect(is(text)).toBe(false))
})
