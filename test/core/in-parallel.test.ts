import { expect, test } from 'vitest'
import { inParallel } from '../../src/core/in-parallel.ts'
import fc from '../harness/fast-check.ts'

test('results come in the order of the items, and no more work than allowed is under way at once', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 20 }),
      fc.integer({ min: 1, max: 6 }),
      async (turns, atOnce) => {
        let running = 0
        let most = 0
        const results = await inParallel([...turns.entries()], atOnce, async ([at, left]) => {
          most = Math.max(most, ++running)
          for (let turn = 0; turn < left; turn++) await Promise.resolve()
          running--
          return at
        })
        expect(results).toEqual(turns.map((_turn, at) => at))
        expect(most).toBe(Math.min(atOnce, turns.length))
      },
    ),
    { numRuns: 100 },
  )
})

test('no items are no work', async () => {
  expect(await inParallel([], 4, () => Promise.reject(new Error('was called')))).toEqual([])
})

test('the first error is the error of the whole, and no further item is begun after it', async () => {
  const begun: number[] = []
  const end: Record<number, (error?: Error) => void> = {}
  const all = inParallel([0, 1, 2, 3, 4, 5], 3, (item) => {
    begun.push(item)
    return new Promise<number>((resolve, reject) => {
      end[item] = (error) => (error ? reject(error) : resolve(item))
    })
  })
  // All in one turn: the work that succeeds is heard of right after the one that fails.
  end[1]!(new Error('one'))
  end[0]!()
  end[2]!(new Error('two'))
  await expect(all).rejects.toThrow('one')
  await new Promise(setImmediate)
  expect(begun).toEqual([0, 1, 2])
})

test.each([0, -1, 0.5, Number.NaN])('atOnce %d is refused, with and without items', async (atOnce) => {
  for (const items of [[], [1, 2]])
    await expect(inParallel(items, atOnce, async (item) => item)).rejects.toThrow(
      `atOnce is ${atOnce}, and must be at least 1`,
    )
})
