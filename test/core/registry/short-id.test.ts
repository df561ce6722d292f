import { expect, test } from 'vitest'
import { shortId } from '../../../src/core/registry/short-id.ts'

test('the id of a release or a report is named by its first eight characters', () => {
  expect(shortId('0f2c9a4e-7d31-4c55-9a3b-1f0e6a2b7c8d')).toBe('0f2c9a4e')
  expect(shortId(null)).toBe('')
})
