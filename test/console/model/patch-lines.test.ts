import { createTwoFilesPatch } from 'diff'
import { describe, expect, test } from 'vitest'
import {
  countLines,
  ignoreBlanks,
  pairRows,
  readPatch,
} from '../../../console/model/differences/patch-lines.ts'
import { markWords } from '../../../console/model/differences/word-marks.ts'
import fc from '../../harness/fast-check.ts'

const text = fc.array(fc.constantFrom('a', 'b', 'c', '', '-', '+', '@@ -1 +1 @@', '\\ no'), { maxLength: 30 })
const textPair = fc
  .tuple(text, text)
  .map(([before, after]) => [before, after].map((all) => all.map((line) => `${line}\n`).join('')))

describe('the lines of a patch', () => {
  test('have the numbers that their texts have in both files', () => {
    fc.assert(
      fc.property(textPair, ([before = '', after = '']) => {
        const hunks = readPatch(createTwoFilesPatch('f', 'f', before, after, '', '', { context: 2 }))
        for (const line of hunks.flatMap(({ lines }) => lines)) {
          if (line.before !== undefined) expect(before.split('\n')[line.before - 1]).toBe(line.text)
          if (line.after !== undefined) expect(after.split('\n')[line.after - 1]).toBe(line.text)
        }
      }),
      { numRuns: 200 },
    )
  })

  test('and the lines between them are all lines of the new file', () => {
    fc.assert(
      fc.property(textPair, ([before = '', after = '']) => {
        const hunks = readPatch(createTwoFilesPatch('f', 'f', before, after, '', '', { context: 1 }))
        let next = 1
        for (const { skipped, lines } of hunks) {
          next += skipped
          for (const line of lines) if (line.after !== undefined) expect(line.after).toBe(next++)
        }
        expect(next - 1).toBeLessThanOrEqual(after.split('\n').length - 1)
      }),
      { numRuns: 200 },
    )
  })

  test('stand in a split view once on each side', () => {
    fc.assert(
      fc.property(textPair, ([before = '', after = '']) => {
        const lines = readPatch(createTwoFilesPatch('f', 'f', before, after)).flatMap((hunk) => hunk.lines)
        const rows = pairRows(lines)
        expect(rows.flatMap(([left]) => (left ? [left] : []))).toEqual(
          lines.filter(({ sign }) => sign !== '+'),
        )
        expect(rows.flatMap(([, right]) => (right ? [right] : []))).toEqual(
          lines.filter(({ sign }) => sign !== '-'),
        )
      }),
      { numRuns: 100 },
    )
  })

  test('that differ in blanks alone can be left out', () => {
    const hunks = readPatch(createTwoFilesPatch('f', 'f', 'a b\nc\n', 'a  b\nd\n'))
    expect(countLines(hunks)).toEqual({ added: 2, removed: 2 })
    const [hunk] = ignoreBlanks(hunks)
    expect(hunk?.lines.map(({ sign, text }) => sign + text)).toEqual([' a  b', '-c', '+d'])
  })
})

describe('marked words', () => {
  test('joined are the two lines', () => {
    const line = fc
      .array(fc.constantFrom('be', 'brief', ' ', 'very', '.', '\t'))
      .map((words) => words.join(''))
    fc.assert(
      fc.property(line, line, (before, after) => {
        const runs = markWords(before, after)
        if (!runs) return
        expect(runs.before.map(({ text }) => text).join('')).toBe(before)
        expect(runs.after.map(({ text }) => text).join('')).toBe(after)
        for (const { at, text } of runs.after) expect(after.slice(at, at + text.length)).toBe(text)
      }),
      { numRuns: 200 },
    )
  })

  test('are those that came and went', () => {
    const runs = markWords('Be brief.', 'Be very brief.')
    expect(runs?.after.filter(({ isChanged }) => isChanged).map(({ text }) => text.trim())).toEqual(['very'])
    expect(runs?.before.some(({ isChanged }) => isChanged)).toBe(false)
  })

  test('are none in lines that share nothing, and in long lines', () => {
    expect(markWords('one', 'two')).toBeUndefined()
    expect(markWords('x '.repeat(2000), 'y')).toBeUndefined()
  })
})
