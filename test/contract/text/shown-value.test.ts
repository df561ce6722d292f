import { describe, expect, test } from 'vitest'
import { shownValue } from '../../../src/contract/text/shown-value.ts'
import fc from '../../harness/fast-check.ts'

test.each<[unknown, string]>([
  [undefined, 'nothing'],
  [null, 'null'],
  [true, 'true'],
  [-1.5, '-1.5'],
  ['a "b"\n', String.raw`"a \"b\"\n"`],
  ['', '""'],
  [[], '[]'],
  [[1], 'an array with 1 entry'],
  [[1, 2], 'an array with 2 entries'],
  [{}, 'an object'],
])('%j is shown as %s', (value, shown) => expect(shownValue(value)).toBe(shown))

test('any value is short and on one line', () => {
  fc.assert(
    fc.property(fc.anything(), (value) => {
      const shown = shownValue(value)
      expect(shown.length).toBeLessThanOrEqual(61)
      expect(shown).not.toMatch(/[\n\r]/)
    }),
    { numRuns: 200 },
  )
})

describe('of what could be a key or a token', () => {
  const token = fc
    .tuple(fc.string({ unit: fc.constantFrom(...'abcXYZ_-+/='), minLength: 18, maxLength: 300 }), fc.nat(9))
    .map(([text, digit]) => `${digit}a${text}`)

  test('at most 6 characters are shown, wherever it stands in the text and however long the text is', () => {
    const words = fc.array(fc.oneof(token, fc.constantFrom('a', 'key:', '"', 'é')), {
      minLength: 1,
      maxLength: 8,
    })
    fc.assert(
      fc.property(words, (parts) => {
        const shown = shownValue(parts.join(' '))
        for (const part of parts.filter(({ length }) => length >= 20))
          expect(shown).not.toContain(part.slice(0, 7))
      }),
      { numRuns: 300 },
    )
  })

  test('at most 6 characters are shown of one that begins right before the end of what is looked at', () => {
    for (const secret of ['1aSecret'.repeat(5), `${'aSecret'.repeat(5)}1`])
      for (let length = 200; length < 260; length++)
        expect(shownValue(`${'9z'.repeat(length / 2)} ${secret}`)).not.toContain(secret.slice(0, 7))
  })

  test.each([
    ['a word of letters', 'x'.repeat(30)],
    ['a short one', 'a1b2c3d4e5'],
  ])('%s is shown: it is not one', (_what, text) => expect(shownValue(text)).toBe(`"${text}"`))
})
