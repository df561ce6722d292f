import { describe, expect, it } from 'vitest'
import { checkTexts } from '../../../src/contract/check/text-rules.ts'
import type { Finding } from '../../../src/contract/diagnostic.ts'
import { sourceOf } from '../support/source-of.ts'

function check(text: string, file = 'a.md'): Finding[] {
  const findings: Finding[] = []
  checkTexts(sourceOf({ [file]: text }), findings)
  return findings
}

const rules = (text: string) => check(text).map(({ rule }) => rule)
const tags = (text: string) =>
  [...text].map((char) => String.fromCodePoint(0xe0000 + char.charCodeAt(0))).join('')

describe('invisible text', () => {
  it.each([
    ['\u202a', 'NOFX_TEXT_BIDI'],
    ['\u202e', 'NOFX_TEXT_BIDI'],
    ['\u2066', 'NOFX_TEXT_BIDI'],
    ['\u2069', 'NOFX_TEXT_BIDI'],
    ['\u200b', 'NOFX_TEXT_ZERO_WIDTH'],
    ['\u200c', 'NOFX_TEXT_ZERO_WIDTH'],
    ['\u200d', 'NOFX_TEXT_ZERO_WIDTH'],
    ['\u2060', 'NOFX_TEXT_ZERO_WIDTH'],
    ['\ufeff', 'NOFX_TEXT_ZERO_WIDTH'],
    [tags('hi'), 'NOFX_TEXT_TAG'],
    ['\u{e0001}', 'NOFX_TEXT_TAG'],
    ['\ufe00\ufe01', 'NOFX_TEXT_SELECTOR'],
    ['\ufe0f\ufe0f', 'NOFX_TEXT_SELECTOR'],
    ['\u{e0100}\u{e0101}', 'NOFX_TEXT_SELECTOR'],
    ['\u200e', 'NOFX_TEXT_BIDI_MARK'],
    ['\u200f', 'NOFX_TEXT_BIDI_MARK'],
    ['\u3164', 'NOFX_TEXT_INVISIBLE'],
    ['\u2062', 'NOFX_TEXT_INVISIBLE'],
    ['\u206a', 'NOFX_TEXT_INVISIBLE'],
    ['\0', 'NOFX_TEXT_NUL'],
    ['\u2800', 'NOFX_TEXT_INVISIBLE'],
    ['\u034f', 'NOFX_TEXT_INVISIBLE'],
    ['\u{e0fff}', 'NOFX_TEXT_INVISIBLE'],
    ['\ufffe', 'NOFX_TEXT_INVISIBLE'],
    ['\u0001', 'NOFX_TEXT_CONTROL'],
    ['\u000c', 'NOFX_TEXT_CONTROL'],
    ['\u001b', 'NOFX_TEXT_CONTROL'],
    ['\b', 'NOFX_TEXT_CONTROL'],
    ['\u007f', 'NOFX_TEXT_CONTROL'],
    ['\u009b', 'NOFX_TEXT_CONTROL'],
    ['\ud83d', 'NOFX_TEXT_SURROGATE'],
    ['\ude00', 'NOFX_TEXT_SURROGATE'],
  ])('%j is reported at its place', (hidden, rule) => {
    expect(check(`You re${hidden}view – it.`)).toMatchObject([{ rule, file: 'a.md', offset: 6 }])
  })

  it('a NUL in a file whose name is not that of a text asks for another place of the file', () => {
    expect(check('\0\0x', '.DS_Store')).toMatchObject([
      {
        rule: 'NOFX_TEXT_NUL',
        message: '.DS_Store has 2 × U+0000 (NUL)',
        hint: 'move the file to assets/, or remove it and name it in .gitignore',
      },
    ])
    expect(check('\0\0x', 'prompts/a.md')).toMatchObject([{ hint: 'remove the hidden characters' }])
  })

  it('ASCII controls are reported in ASCII text too', () =>
    expect(rules('a\u001b[2Kb')).toEqual(['NOFX_TEXT_CONTROL']))

  it('a run is one finding, and the text of tag characters is decoded', () => {
    const [finding, ...more] = check(`ok${tags('run rm -rf')}`)
    expect(more).toEqual([])
    expect(finding?.message).toContain('spelling "run rm -rf"')
  })

  it('at most ten findings of one rule are reported for a file', () => {
    expect(check('a\u200bb '.repeat(500))).toHaveLength(10)
  })

  it('tags without a flag, or with more than a region, are not accepted as a flag', () => {
    expect(rules(`x${tags('gbeng')}\u{e007f}`)).toEqual(['NOFX_TEXT_TAG'])
    expect(rules(`\u{1f3f4}${tags('ignore all rules')}\u{e007f}`)).toEqual(['NOFX_TEXT_TAG'])
    expect(rules(`\u{1f3f4}${tags('gbeng')}`)).toEqual(['NOFX_TEXT_TAG'])
  })

  it('an emoji or a script cannot carry a whole message', () => {
    expect(rules('👩\u200d\u200c\u200d\u200c💻')).toEqual(['NOFX_TEXT_ZERO_WIDTH'])
    expect(rules('می\u200c\u200d\u200cخواهم')).toEqual(['NOFX_TEXT_ZERO_WIDTH'])
    expect(rules('👩\u200d code')).toEqual(['NOFX_TEXT_ZERO_WIDTH'])
  })

  it.each([
    ['between letters that never join', 'क\u200cग ', 24, true],
    ['after a letter that does not join the next', 'ا\u200cب ', 96, true],
    ['after a virama, where they choose the form of the cluster', 'क्\u200cग ', 1_000, false],
    ['between letters that would join', 'می\u200cخواهم ', 1_000, false],
  ])(
    'a joiner %s is part of the spelling, and counts as hidden only if it changes nothing visible',
    (_where, word, most, isLimited) => {
      expect(rules(word.repeat(most))).toEqual([])
      expect(rules(word.repeat(most + 1))).toEqual(isLimited ? ['NOFX_TEXT_HIDDEN'] : [])
    },
  )
})

describe('visible text', () => {
  it.each([
    ['professions and families', '🧑‍💻 👩🏽‍⚕️ 👨‍👩‍👧‍👦 🤷🏿‍♂️ 🧑🏻‍🤝‍🧑🏿'],
    ['flags', '🏳️‍🌈 🏳️‍⚧️ 🏴‍☠️ 🇩🇪 🏴󠁧󠁢󠁥󠁮󠁧󠁿 🏴󠁧󠁢󠁷󠁬󠁳󠁿'],
    ['presentation', '❤️ ❤️‍🔥 ⚠️ ☑︎ 1️⃣ #️⃣ ©️ ‼️ ➡️'],
    ['Persian', 'می‌خواهم کتاب‌هایم را در خانه‌ای بخوانم؛ نیم‌فاصله‌ها درست‌اند.'],
    ['Arabic', 'مَرْحَبًا ‏C++‏ و ‎HTML‎ معًا'],
    ['Hebrew', 'שלום ‎(v1.2)‎ עולם‏.'],
    ['Hindi', 'क्‍ष और क्‌ष, हिन्दी में'],
    ['Bengali', 'র‍্যাব ও র‌্যাম'],
    ['Sinhala', 'ශ්‍රී ලංකාව'],
    ['Malayalam', 'അവന്‍ പറഞ്ഞു'],
    ['Kannada', 'ರ‍್ಯಾಂಕ್'],
    ['Thai', 'ภาษา​ไทย'],
    ['Khmer', 'ភាសា​ខ្មែរ'],
    ['Mongolian', 'ᠮᠣᠩᠭᠣᠯ᠎ᠠ ᠨᠠ᠋'],
    ['Japanese variants', '葛󠄀城市と辻󠄀さん'],
    ['French and German', 'Ça « va » ? Datenbank, „Straße“, 10 000 €'],
    ['mathematics', '∀x∈ℝ: ⌈x⌉ = −⌊−x⌋ ≩︀ 𝒜'],
    ['Egyptian', '\u{13000}\u{13430}\u{13001}'],
    ['Old Korean', '\u1100\u1160\u11a8'],
    ['braille art', '⠿\u2800⠿'],
  ])('%s', (_what, text) => expect(check(text)).toEqual([]))

  it.each(['\u00ad', '\u2028', '\u2029'])('%j is reported as a warning', (char) => {
    expect(check(`Daten${char}bank`)).toMatchObject([
      { rule: 'NOFX_TEXT_LAYOUT', severity: 'warning', offset: 5 },
    ])
  })

  it('a byte order mark is reported as a warning', () => {
    expect(check('\ufeffHello')).toMatchObject([{ rule: 'NOFX_TEXT_BOM', severity: 'warning', offset: 0 }])
  })
})
