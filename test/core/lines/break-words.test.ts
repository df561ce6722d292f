import { describe, expect, it } from 'vitest'
import { breakWords } from '../../../src/core/lines/break-words.ts'
import { countColumns } from '../../../src/core/lines/columns.ts'
import { fitLines, fitText } from '../../../src/core/lines/fit-lines.ts'
import fc from '../../harness/fast-check.ts'

describe('a text without spaces between its words', () => {
  const WRITINGS = ['说明文字和代码审查', 'コードレビューを担当します。「はい」', 'การตรวจสอบโค้ดของทีม']
  const part = fc.oneof(
    ...WRITINGS.map((text) => fc.constant(text)),
    fc.stringMatching(/^[a-z.]{1,6}$/),
    fc.constant(' '),
  )
  const texts = fc.array(part, { minLength: 1, maxLength: 40 })
  const withoutSpaces = (text: string) => text.replaceAll(/\s+/g, '')

  it('is broken between them, fits and loses nothing', () => {
    fc.assert(
      fc.property(texts, fc.integer({ min: 40, max: 90 }), (parts, width) => {
        const text = parts.join('').trim()
        // A word in Latin letters that is wider than a line is shortened or stays whole, as everywhere.
        fc.pre(!/[a-z.]{20}/.test(text))
        for (const shown of [fitText(text, width), fitLines(text, width).join('\n')]) {
          expect(withoutSpaces(shown)).toBe(withoutSpaces(text))
          expect(shown.split('\n').filter((line) => countColumns(line) > width)).toEqual([])
        }
      }),
      { numRuns: 200 },
    )
  })

  it('does not begin a line with the sign that ends a sentence', () => {
    for (let width = 24; width < 60; width++)
      expect(fitText('コードレビューを担当します。'.repeat(9), width)).not.toMatch(/^\s*[。、」]/m)
  })

  it('is broken between letters where a word is wider than a line', () => {
    expect(breakWords('コ'.repeat(6), 4).join('|')).toBe('コ|コ|コ|コ|コ|コ')
  })

  it('keeps the sequences that colour it', () => {
    const red = `\u001b[31m${'説明'.repeat(20)}\u001b[39m`
    expect(breakWords(red, 20).join('')).toBe(red)
  })

  it.each(['reviewer', 'a/very/long/path/of/a/file.md:1:1', '日本語'])('stays whole: %s', (text) => {
    expect(breakWords(text, 6)).toEqual([text])
  })
})
