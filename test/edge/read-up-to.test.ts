import { expect, test } from 'vitest'
import { readUpTo } from '../../src/edge/http/read-up-to.ts'

const LIMIT = 10

/** A body in parts, and the number of parts that were read. */
function inParts(...sizes: number[]) {
  const given = { parts: 0 }
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      pull(controller) {
        const size = sizes[given.parts]
        if (size === undefined) return controller.close()
        given.parts++
        controller.enqueue(new Uint8Array(size).fill(given.parts))
      },
    },
    { highWaterMark: 0 },
  )
  return { body, given }
}

test.each([
  ['no body', undefined, []],
  ['an empty body', [], []],
  ['a body in one part', [3], [1, 1, 1]],
  ['a body in parts, an empty one among them', [1, 0, 2], [1, 3, 3]],
  ['a body that is as large as it may be', [4, 6], [1, 1, 1, 1, 2, 2, 2, 2, 2, 2]],
] as const)('readUpTo returns %s whole', async (_what, sizes, bytes) => {
  const read = await readUpTo(LIMIT, sizes ? inParts(...sizes).body : null)
  expect(read && [...read]).toEqual(bytes)
  expect(read?.byteLength).toBe(read?.buffer.byteLength)
})

test('readUpTo returns no bytes of a larger body, and stops reading at the limit', async () => {
  const { body, given } = inParts(4, 6, 1, 5, 5)
  expect(await readUpTo(LIMIT, body)).toBeUndefined()
  expect(given.parts).toBe(3)
})
