import { describe, expect, test } from 'vitest'
import { fitKept } from '../../src/import/keep.ts'
import fc from '../harness/fast-check.ts'

const size = (value: unknown): number => Buffer.byteLength(JSON.stringify(value))

describe('what has no field of its own', () => {
  test('is kept as it is when it fits', () => {
    const kept = { color: 'blue', hooks: { before: ['x'] } }
    expect(fitKept(kept)).toEqual({ kept, guesses: [] })
  })

  test('loses the end of its longest text first, and says so', () => {
    const { kept, guesses } = fitKept({ color: 'blue', notes: 'x'.repeat(9000) })
    expect(kept.color).toBe('blue')
    expect(String(kept.notes).length).toBeGreaterThan(3000)
    expect(guesses).toEqual([
      { field: 'metadata.import', what: 'notes cut short', why: 'metadata may have 4 KiB' },
    ])
  })

  test('loses what cannot be shortened as a whole, and says so', () => {
    const { kept, guesses } = fitKept({ color: 'blue', hooks: { list: 'y'.repeat(5000) } })
    expect(kept).toEqual({ color: 'blue' })
    expect(guesses.map((guess) => guess.what)).toEqual(['hooks left out'])
  })

  test('always fits, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.oneof(fc.jsonValue(), fc.string({ minLength: 200, unit: 'grapheme' }))),
        (parts) => {
          const { kept, guesses } = fitKept(parts as Record<string, unknown>, 400)
          expect(size(kept)).toBeLessThanOrEqual(Math.max(400, 2))
          if (guesses.length === 0) expect(kept).toEqual(parts)
        },
      ),
    )
  })
})
