import { describe, expect, test } from 'vitest'
import { markHidden } from '../../../console/model/texts/hidden-marks.ts'
import fc from '../../harness/fast-check.ts'

const HIDDEN = ['\u202e', '\u200b', '\u0007', '\u001b', '\u{e0041}', '\u2066', '\ufeff', '\ud800']

describe('hidden characters', () => {
  test('stand alone with their code point', () => {
    expect(markHidden('a\u202eb')).toEqual([
      { at: 0, text: 'a' },
      { at: 1, name: 'U+202E (right-to-left override)' },
      { at: 2, text: 'b' },
    ])
  })

  test('never remain in a piece that is shown as text', () => {
    const piece = fc.oneof(fc.string(), fc.constantFrom(...HIDDEN))
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const shown = markHidden(pieces.join('')).flatMap((one) => ('text' in one ? [one.text] : []))
        expect(HIDDEN.filter((hidden) => shown.some((text) => text.includes(hidden)))).toEqual([])
      }),
      { numRuns: 200 },
    )
  })

  test('are the only thing that changes: the other characters stay in order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('a', 'ä', '日', '😀', '\n', '\t', ' ', ...HIDDEN)),
        (characters) => {
          const pieces = markHidden(characters.join(''))
          const shown = pieces.map((piece) => ('text' in piece ? piece.text : '')).join('')
          expect(shown).toBe(characters.filter((character) => !HIDDEN.includes(character)).join(''))
          const marks = pieces.filter((piece) => 'name' in piece)
          expect(marks).toHaveLength(characters.filter((character) => HIDDEN.includes(character)).length)
        },
      ),
      { numRuns: 200 },
    )
  })

  test('a tower of combining marks is cut, and an accent is not', () => {
    const [tower] = markHidden(`a${'\u0301'.repeat(10_000)}b`)
    expect(tower).toEqual({ at: 0, text: `a${'\u0301'.repeat(4)}b` })
    expect(markHidden('e\u0301')).toEqual([{ at: 0, text: 'e\u0301' }])
  })
})
