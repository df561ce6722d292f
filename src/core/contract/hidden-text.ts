import { type Finding, reporter } from '../diagnostic.ts'
import { CORE_RULES, type CoreRule } from './rules.ts'
import { shownValue } from './shown-value.ts'

const report = reporter(CORE_RULES)

/** Findings of one rule in one file; more say nothing new. */
const MOST = 10

/** ASCII controls that rewrite what a terminal shows, and NUL, which PostgreSQL refuses. */
const CONTROLS = ['\0', '\b', '\u001b', '\u007f']

/**
 * By code unit, so that one quick pass tells that a text needs no closer look. ASCII is left out on purpose: with it in
 * the class V8 cannot skip ahead, and the pass takes ten times as long.
 */
const SUSPICIOUS = new RegExp(
  '[\\u0080-\\u009f\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f\\u202a-\\u202e' +
    '\\u2060-\\u206f\\u3164\\ud800-\\udfff\\ufe00-\\ufe0e\\ufeff\\uffa0\\ufff9-\\ufffb]|\\ufe0f[\\ufe00-\\ufe0f]',
)

/** One run of characters that nobody sees. Its neighbours decide whether it belongs there. */
const RUN = new RegExp(
  '[\\0\\x08\\x1b\\x7f-\\x9f\\u{34f}\\u{61c}\\u{115f}\\u{1160}\\u{17b4}\\u{17b5}\\u{180b}-\\u{180f}\\u{200b}-\\u{200f}' +
    '\\u{202a}-\\u{202e}\\u{2060}-\\u{206f}\\u{3164}\\u{d800}-\\u{dfff}\\u{fe00}-\\u{fe0f}\\u{feff}\\u{ffa0}\\u{fff9}-\\u{fffb}' +
    '\\u{e0000}-\\u{e01ef}]+',
  'gu',
)

/** England, Scotland, Wales and other subdivisions: a black flag, a code in tag characters, the closing tag. */
const FLAG_TAGS = /^[\u{e0030}-\u{e0039}\u{e0061}-\u{e007a}]{3,6}\u{e007f}$/u
const BLACK_FLAG = '\u{1f3f4}'

const EMOJI_BEFORE = /[\u{1f3fb}-\u{1f3ff}\p{Extended_Pictographic}]/u
const EMOJI_JOINER = /^\ufe0f?\u200d$/
const EMOJI_AFTER = /^\p{Extended_Pictographic}/u

/** Scripts whose letters join or stack: there ZWJ and ZWNJ are spelling (Unicode 17, chapters 9 to 14 and 23.2). */
const JOINING =
  /[\p{Script=Arabic}\p{Script=Syriac}\p{Script=Nko}\p{Script=Mandaic}\p{Script=Mongolian}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Gurmukhi}\p{Script=Gujarati}\p{Script=Oriya}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Kannada}\p{Script=Malayalam}\p{Script=Sinhala}\p{Script=Tibetan}\p{Script=Myanmar}\p{Script=Khmer}\p{Script=Javanese}\p{Script=Balinese}\u{64b}-\u{655}\u{670}]/u

/** Scripts written without blanks, where U+200B marks the ends of words. */
const UNSPACED =
  /[\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Tibetan}\p{Script=Javanese}]/u

const RIGHT_TO_LEFT = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u
const MONGOLIAN = /\p{Script=Mongolian}/u
/** What a variation selector may follow: a character that is seen. */
const SEEN = /[\p{L}\p{M}\p{N}\p{P}\p{S}]/u

const BIDI = /[\u{202a}-\u{202e}\u{2066}-\u{2069}]/u
const MARK = /[\u{61c}\u{200e}\u{200f}]/u
const TAG = /[\u{e0000}-\u{e007f}]/u
const SELECTOR = /[\u{fe00}-\u{fe0f}\u{e0100}-\u{e01ef}]/u
const ZERO_WIDTH = /[\u{200b}-\u{200d}\u{2060}\u{feff}]/u
const CONTROL = /[\x08\x1b\x7f-\x9f]/
const LONE_SURROGATE = /[\u{d800}-\u{dfff}]/u

/** Files whose parser reports a byte order mark itself, as an error. */
const PARSED = /\.(?:json|yaml)$/

/** What people call the usual ones (Unicode's names, in lower case). */
const NAMES: Record<number, string> = {
  0: 'NUL',
  27: 'escape',
  8203: 'zero width space',
  8204: 'zero width non-joiner',
  8205: 'zero width joiner',
  8206: 'left-to-right mark',
  8207: 'right-to-left mark',
  8234: 'left-to-right embedding',
  8235: 'right-to-left embedding',
  8236: 'pop directional formatting',
  8237: 'left-to-right override',
  8238: 'right-to-left override',
  8288: 'word joiner',
  8294: 'left-to-right isolate',
  8295: 'right-to-left isolate',
  8296: 'first strong isolate',
  8297: 'pop directional isolate',
  65279: 'byte order mark',
}

/** Cheaply tells whether a text deserves `checkHiddenText`. */
export function mayHide(text: string, isAscii: boolean): boolean {
  if (!isAscii && SUSPICIOUS.test(text)) return true
  for (const control of CONTROLS) if (text.includes(control)) return true
  return false
}

/** Reports text that people do not see and models read. */
export function checkHiddenText(text: string, file: string, findings: Finding[]): void {
  const counts = new Map<CoreRule, number>()
  for (const { 0: run, index } of text.matchAll(RUN)) {
    const rule = judge(run, text, index, file)
    if (!rule) continue
    const count = (counts.get(rule) ?? 0) + 1
    counts.set(rule, count)
    if (count <= MOST)
      findings.push(
        report(rule, { file, offset: index }, `${file} has ${describe(run)}`, 'remove what is hidden there'),
      )
  }
}

/** The worst rule that a run breaks; undefined when it belongs where it stands. */
function judge(run: string, text: string, index: number, file: string): CoreRule | undefined {
  // One whole character, so that no pattern needs an end: V8 15 misses pairs in a class before `$`.
  const before = [...text.slice(Math.max(0, index - 2), index)].at(-1) ?? ''
  const after = text.slice(index + run.length, index + run.length + 2)
  if (run.includes('\0')) return 'NOFX_TEXT_NUL'
  if (LONE_SURROGATE.test(run)) return 'NOFX_TEXT_SURROGATE'
  if (BIDI.test(run)) return 'NOFX_TEXT_BIDI'
  if (TAG.test(run)) return FLAG_TAGS.test(run) && before === BLACK_FLAG ? undefined : 'NOFX_TEXT_TAG'
  if (run === '\ufeff' && index === 0) return PARSED.test(file) ? undefined : 'NOFX_TEXT_BOM'
  if (ZERO_WIDTH.test(run)) return fitsZeroWidth(run, before, after) ? undefined : 'NOFX_TEXT_ZERO_WIDTH'
  if (SELECTOR.test(run)) return [...run].length === 1 && SEEN.test(before) ? undefined : 'NOFX_TEXT_SELECTOR'
  if (CONTROL.test(run)) return 'NOFX_TEXT_CONTROL'
  if (MARK.test(run)) return RIGHT_TO_LEFT.test(lineAt(text, index)) ? undefined : 'NOFX_TEXT_BIDI_MARK'
  return MONGOLIAN.test(before) ? undefined : 'NOFX_TEXT_INVISIBLE'
}

function fitsZeroWidth(run: string, before: string, after: string): boolean {
  // Emoji: an optional presentation selector, then the joiner between two pictures.
  if (EMOJI_JOINER.test(run) && EMOJI_BEFORE.test(before) && EMOJI_AFTER.test(after)) return true
  if (run === '\u200c' || run === '\u200d') return JOINING.test(before)
  return run === '\u200b' && UNSPACED.test(before) && UNSPACED.test(after)
}

function lineAt(text: string, index: number): string {
  const end = text.indexOf('\n', index)
  return text.slice(text.lastIndexOf('\n', index) + 1, end < 0 ? text.length : end)
}

/** Names a run by its code points, and spells out what tag characters say. */
function describe(run: string): string {
  const points = [...run].map((char) => char.codePointAt(0) ?? 0)
  const names = points.slice(0, 3).map(nameOf)
  const shown = points.length > 3 ? `${points.length} hidden characters from ${names[0]}` : names.join(' ')
  const spelled = points
    .filter((point) => point > 0xe001f && point < 0xe007f)
    .map((point) => String.fromCharCode(point - 0xe0000))
    .join('')
  return spelled ? `${shown}, spelling ${shownValue(spelled)}` : shown
}

function nameOf(point: number): string {
  const code = `U+${point.toString(16).toUpperCase().padStart(4, '0')}`
  const name = NAMES[point]
  return name ? `${code} (${name})` : code
}
