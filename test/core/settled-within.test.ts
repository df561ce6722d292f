import { expect, test } from 'vitest'
import { settledWithin } from '../../src/core/settled-within.ts'

test('work that settles in time is waited for', async () => {
  const steps: string[] = []
  const work = new Promise<void>((resolve) => setImmediate(resolve)).then(() => steps.push('work'))
  await settledWithin(work, 60_000)
  expect(steps).toEqual(['work'])
})

test('work that never settles is not waited for beyond the limit', async () => {
  await expect(settledWithin(new Promise(() => {}), 1)).resolves.toBeUndefined()
})

test('an exception in time is passed on', async () => {
  await expect(settledWithin(Promise.reject(new Error('it broke')), 60_000)).rejects.toThrow('it broke')
})
