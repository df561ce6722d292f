import { describe, expect, it } from 'vitest'
import { breakWords } from '../../../src/core/lines/break-words.ts'
import { countColumns } from '../../../src/core/lines/columns.ts'
import { fitLines, fitText } from '../../../src/core/lines/fit-lines.ts'
import fc from '../../harness/fast-check.ts'

describe('columns of a character of several letters', () => {
  /** Letters that join the character before them: vowels such as U+0E33, and consonants after a virama. */
  const BASES = ['\u0e17', '\u0e84', '\u0915\u094d', '\u0915\u094d\u200d', '\u0d15\u0d4d']
  const segmenter = new Intl.Segmenter()
  const joins = (base: string, letter: string) =>
    [...segmenter.segment(base + letter)].length === [...segmenter.segment(base)].length
  const letters = Array.from({ length: 0x12000 }, (_none, code) => String.fromCodePoint(code)).filter((one) =>
    /(?![\p{Script=Hangul}\uff00-\uffef])\p{L}/u.test(one),
  )
  const pairs = BASES.flatMap((base) =>
    letters.filter((letter) => joins(base, letter)).map((letter) => base + letter),
  )

  it('each letter fills a column, as in a terminal', () => {
    expect(pairs).toContain('\u0e17\u0e33')
    expect(pairs).toContain('\u0e84\u0eb3')
    expect(pairs.filter((pair) => countColumns(pair) !== (pair.match(/\p{L}/gu)?.length ?? 0))).toEqual([])
  })

  it('texts of one character for each column are counted as before', () => {
    const counts = ['คน', 'हि', '각', '한', 'ｶﾞ', 'が', '✈️', '👩‍👩‍👧', 'บ้าน'].map(countColumns)
    expect(counts).toEqual([2, 2, 2, 2, 2, 2, 2, 2, 3])
  })
})

describe('a text without spaces between its words', () => {
  const WRITINGS = [
    '说明文字和代码审查',
    'コードレビューを担当します。「はい」',
    'การตรวจสอบโค้ดของทีม',
    'ทำงานให้สำเร็จตามคำสั่ง',
    'ຄຳສັ່ງ',
  ]
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
