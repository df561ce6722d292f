import { expect, test } from 'vitest'
import { oneAtATime } from '../../src/core/one-at-a-time.ts'

test('tasks run one after the other in the order of their calls, and a failed one does not stop the next', async () => {
  const steps: string[] = []
  const inLine = oneAtATime()
  const task = (name: string, fails = false) =>
    inLine(async () => {
      steps.push(`${name} begins`)
      await new Promise((resolve) => setImmediate(resolve))
      steps.push(`${name} ends`)
      if (fails) throw new Error(name)
      return name
    })
  const results = await Promise.allSettled([task('one'), task('two', true), task('three')])
  expect(steps).toEqual(['one', 'two', 'three'].flatMap((name) => [`${name} begins`, `${name} ends`]))
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(results[2]).toMatchObject({ value: 'three' })
})
