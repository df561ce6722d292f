import { expect, test } from 'vitest'
import { secondsIn } from '../../../src/edge/forward/retry-after.ts'

const NOW = Date.parse('2026-11-24T12:00:00Z')

test.each([
  ['120', 120],
  [' 7 ', 7],
  ['Tue, 24 Nov 2026 12:01:30 GMT', 90],
  ['99999999999999999999', 86_400],
  ['Thu, 01 Jan 2037 00:00:00 GMT', 86_400],
  ['0', undefined],
  ['-5', undefined],
  ['Tue, 24 Nov 2020 12:00:00 GMT', undefined],
  ['soon', undefined],
  ['', undefined],
  [undefined, undefined],
])('Retry-After %j means %j seconds', (header, seconds) => {
  expect(secondsIn(header, NOW)).toBe(seconds)
})
