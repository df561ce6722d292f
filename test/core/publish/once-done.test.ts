import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { onceDone } from '../../../src/core/publish/once-done.ts'

test('what is done later decides: its failure comes first, and without one there is an answer, or another failure', async () => {
  const fail = async (ms: number, why: string) => sleep(ms).then(() => Promise.reject(new Error(why)))
  for (const [first, work] of [
    [20, 0],
    [0, 20],
  ] as const) {
    await expect(onceDone(fail(first, 'first'), fail(work, 'work'))).rejects.toThrow('first')
    await expect(onceDone(fail(first, 'first'), sleep(work, 1))).rejects.toThrow('first')
    await expect(onceDone(sleep(first), fail(work, 'work'))).rejects.toThrow('work')
    expect(await onceDone(sleep(first), sleep(work, 1))).toBe(1)
  }
})
