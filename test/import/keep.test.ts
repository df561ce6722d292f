import { describe, expect, test } from 'vitest'
import { keepAll } from '../../src/import/keep.ts'
import fc from '../harness/fast-check.ts'

describe('what has no field of its own', () => {
  test('is kept in the manifest when it fits', () => {
    const kept = { color: 'blue', hooks: { before: ['x'] } }
    expect(keepAll(kept)).toEqual({ unmapped: kept, files: {} })
  })

  test('is kept whole, in the manifest or in a file that the manifest names', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.oneof(fc.jsonValue(), fc.string({ minLength: 200, unit: 'grapheme' }))),
        (parts) => {
          const { unmapped: kept, files } = keepAll(parts, 400)
          expect(Buffer.byteLength(JSON.stringify(kept))).toBeLessThanOrEqual(400)
          const [[path, text] = []] = Object.entries(files)
          expect(JSON.stringify(text === undefined ? kept : JSON.parse(text))).toBe(JSON.stringify(parts))
          if (path !== undefined) expect(Object.values(kept)).toContain(path)
        },
      ),
    )
  })
})
