import { expect, test } from 'vitest'
import { SharedValues } from '../../../src/core/publish/shared-values.ts'

test('equal values are one object, different ones are not', () => {
  const values = new SharedValues()
  const first = values.share({ risks: ['one'] })
  expect(values.share({ risks: ['one'] })).toBe(first)
  expect(values.share({ risks: ['two'] })).toEqual({ risks: ['two'] })
})

test('of very many different values, the first thousand are compared', () => {
  const values = new SharedValues()
  const all = Array.from({ length: 1_001 }, (_, at) => values.share([at]))
  expect(values.share([999])).toBe(all[999])
  expect(values.share([1_000])).not.toBe(all[1_000])
  expect(values.share([1_000])).toEqual([1_000])
})
