import { describe, expect, test } from 'vitest'
import { mergeFields } from '../../../src/import/again/merge-fields.ts'
import { mergeLines } from '../../../src/import/again/merge-lines.ts'
import fc from '../../harness/fast-check.ts'
import { repetitions } from '../../harness/repetition.ts'

const lines = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 8 }).map((all) => all.join('\n'))
const value = fc.letrec((tie) => ({
  value: fc.oneof(
    fc.constantFrom<unknown>(1, 2, 'x', null, true, [], [1], [2, 1]),
    fc.dictionary(fc.constantFrom('a', 'b', '__proto__', 'constructor'), tie('value'), { maxKeys: 3 }),
    fc
      .uniqueArray(fc.constantFrom('p', 'q', 'r'), { maxLength: 3 })
      .chain((ids) =>
        fc.tuple(...ids.map((id) => fc.constantFrom({ id, text: 'one' }, { id, text: 'two' }))),
      ),
  ),
})).value

describe('texts', () => {
  test.each([
    ['both change other lines', '1\n2\n3\n', '1!\n2\n3\n', '1\n2\n3!\n', '1!\n2\n3!\n', 0],
    ['both change one line', '1\n2\n', '1\nours\n', '1\ntheirs\n', '1\nours\n', 1],
    ['both make the same change', '1\n2\n', '1\nx\n', '1\nx\n', '1\nx\n', 0],
    ['both add at the end', '1\n', '1\nours\n', '1\ntheirs\n', '1\nours\n', 1],
    ['lines beside each other', '1\n2\n', 'ours\n2\n', '1\ntheirs\n', 'ours\n2\n', 1],
    ['one removes what the other changes', '1\n2\n3\n', '1\n3\n', '1\ntheirs\n3\n', '1\n3\n', 1],
    ['no line feed at the end', '1\n2\n3', '1\n2\nours', 'theirs\n2\n3', 'theirs\n2\nours', 0],
  ])('%s', async (_what, base, ours, theirs, text, conflicts) => {
    expect(await mergeLines(base, ours, theirs)).toMatchObject({ text, conflicts })
  })

  test('merged in any way keep their laws', async () => {
    await fc.assert(
      fc.asyncProperty(lines, lines, lines, async (base, ours, theirs) => {
        expect((await mergeLines(base, base, theirs)).text).toBe(theirs)
        expect((await mergeLines(base, ours, base)).text).toBe(ours)
        const merged = await mergeLines(base, ours, theirs)
        const again = await mergeLines(merged.base, merged.text, theirs)
        expect(again.text).toBe(merged.text)
        if (merged.conflicts === 0) {
          expect(merged.base).toBe(theirs)
          expect((await mergeLines(base, theirs, ours)).text).toBe(merged.text)
        } else expect(again.conflicts).toBeGreaterThan(0)
      }),
      { numRuns: repetitions(150, 300) },
    )
  })

  test('with nothing in common are one conflict, found in bounded time', async () => {
    const text = (word: string) => Array.from({ length: 20_000 }, (_, at) => `${word} ${at}\n`).join('')
    expect((await mergeLines(text('a'), text('b'), text('c'))).conflicts).toBe(1)
  })
})

describe('fields', () => {
  const merge = (base: unknown, ours: unknown, theirs: unknown) => mergeFields({ base, ours, theirs })

  test.each([
    ['other keys', { a: 1, b: 1 }, { a: 2, b: 1 }, { a: 1, b: 2 }, { a: 2, b: 2 }, []],
    ['one key', { a: 1 }, { a: 2 }, { a: 3 }, { a: 2 }, ['a']],
    ['a key that is removed and changed', { a: { b: 1 } }, { a: { b: 2 } }, {}, { a: { b: 2 } }, ['a']],
    [
      'things with ids',
      [
        { id: 'p', t: 1 },
        { id: 'q', t: 1 },
      ],
      [
        { id: 'p', t: 2 },
        { id: 'q', t: 1 },
      ],
      [
        { id: 'q', t: 2 },
        { id: 'r', t: 1 },
        { id: 'p', t: 1 },
      ],
      [
        { id: 'q', t: 2 },
        { id: 'r', t: 1 },
        { id: 'p', t: 2 },
      ],
      [],
    ],
    [
      'a list in another order here',
      [
        { id: 'p', t: 1 },
        { id: 'q', t: 1 },
      ],
      [
        { id: 'q', t: 1 },
        { id: 'p', t: 1 },
      ],
      [
        { id: 'p', t: 2 },
        { id: 'q', t: 1 },
      ],
      [
        { id: 'q', t: 1 },
        { id: 'p', t: 2 },
      ],
      [],
    ],
    ['lists without ids', ['a'], ['a', 'b'], ['a', 'c'], ['a', 'b'], ['']],
  ])('%s', (_what, base, ours, theirs, expected, conflicts) => {
    const merged = merge(base, ours, theirs)
    expect(merged.value).toEqual(expected)
    expect(merged.conflicts.map(({ field }) => field)).toEqual(conflicts)
  })

  test('merged in any way keep their laws', () => {
    fc.assert(
      fc.property(value, value, value, (base, ours, theirs) => {
        expect(merge(base, base, theirs).value).toEqual(theirs)
        expect(merge(base, ours, base).value).toEqual(ours)
        const merged = merge(base, ours, theirs)
        const again = merge(merged.base, merged.value, theirs)
        expect(again.value).toEqual(merged.value)
        expect(again.conflicts).toEqual(merged.conflicts)
      }),
      { numRuns: repetitions(250, 500) },
    )
  })
})
