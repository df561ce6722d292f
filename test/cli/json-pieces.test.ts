import { expect, test } from 'vitest'
import { jsonPieces } from '../../src/cli/terminal/json-pieces.ts'
import fc from '../harness/fast-check.ts'

const element = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constant(undefined),
  fc.record({ kind: fc.string(), gone: fc.constant(undefined) }),
)
/** An array that repeats a few elements, so that it is long at little cost. */
const long = fc
  .tuple(fc.array(element, { minLength: 1, maxLength: 5 }), fc.integer({ min: 90, max: 2_100 }))
  .map(([few, length]) => Array.from({ length }, (_none, at) => few[at % few.length]))
const field = fc.oneof(element, long, fc.dictionary(fc.string(), fc.oneof(element, long), { maxKeys: 3 }))

test('a document in pieces is the document, and no piece of a long one has all of it', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), field, { maxKeys: 4 }), (data) => {
      const document = { ok: true, data, diagnostics: [] }
      expect([...jsonPieces(document)].join('')).toBe(JSON.stringify(document, null, 2))
    }),
    { numRuns: 60 },
  )
  const pieces = [...jsonPieces({ data: { heads: Array.from({ length: 10_000 }, (_none, id) => ({ id })) } })]
  const whole = pieces.join('').length
  expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(whole / 5)
})
