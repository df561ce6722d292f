import { type Finding, type FindingPlace, findingMaker } from '../diagnostic.ts'
import { CORE_RULES, type CoreRule } from '../rules.ts'
import { ASSETS } from '../source.ts'
import { EMOJI_SEQUENCE, isEmoji, isListedEmoji, isTextByDefault } from './emoji-sequences.ts'
import { BLANKS, HIDDEN, nameOfPoint } from './hidden-characters.ts'
import { weighJoiner } from './joiners.ts'
import { shownValue } from './shown-value.ts'
import { isListedVariant } from './variation-sequences.ts'

const makeFinding = findingMaker(CORE_RULES)

/** Names of files that are meant to be text; any other file with a NUL is not text, such as `.DS_Store`. */
const TEXT_FILE = /\.(?:md|json|ya?ml|txt|toml)$/i
const NOT_TEXT = `move the file to ${ASSETS}, or remove it and name it in .gitignore`

/** Maximum number of findings of one rule in one file; more would add no information. */
const MOST = 10

/**
 * Total weight of invisible characters in one file that are each allowed where they are. A character that is present
 * or absent weighs 1; a selector with many values weighs 3. Ten hidden bytes encoded in such characters weigh more
 * than the limit.
 */
const MOST_WEIGHT = 24
const SELECTOR_WEIGHT = 3
const BLANK_WEIGHT = 1 / 2

/** ASCII controls except tab and line ends: they are invisible or change what a terminal shows. */
const CONTROLS = Array.from({ length: 0x20 }, (_none, point) => String.fromCharCode(point))
  .filter((char) => !'\t\n\r'.includes(char))
  .concat('\u007f')

/**
 * Matches by code unit, so that one fast pass shows that a text needs no closer check. ASCII is left out on purpose:
 * with ASCII in the class V8 cannot skip ahead, and the pass takes ten times as long.
 */
const SUSPICIOUS = new RegExp(
  '[\\u0080-\\u009f\\u00ad\\u034f\\u061c\\u115f\\u1160\\u1680\\u17b4\\u17b5\\u180b-\\u180f\\u2000-\\u200f\\u2028-\\u202e' +
    '\\u205f-\\u206f\\u2800\\u3164\\ud800-\\udfff\\ufdd0-\\ufdef\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff0-\\ufffc\\ufffe\\uffff]',
)

/**
 * The patterns of the closer check, which few files need. To make them takes as long as to check ten files, because V8 looks
 * up each script and property of Unicode.
 */
function makePatterns() {
  const mongolian = /\p{Script=Mongolian}/u
  return {
    /** An emoji, or one run of invisible characters. The neighbours decide whether the run is allowed there. */
    run: new RegExp(
      `(${EMOJI_SEQUENCE})|[\\0-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\u{d800}-\\u{dfff}${BLANKS}${HIDDEN}]+`,
      'gu',
    ),
    /** The same runs inside a sequence that turned out not to be an emoji. */
    hiddenRun: new RegExp(`[${HIDDEN}]+`, 'gu'),
    blankRun: new RegExp(`^[${BLANKS}]+$`, 'u'),
    rightToLeft: /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u,
    mongolian,
    han: /\p{Script=Han}/u,
    letter: /\p{L}/u,
    bidi: /[\u{202a}-\u{202e}\u{2066}-\u{2069}]/u,
    tag: /[\u{e0000}-\u{e007f}]/u,
    selector: /[\u{180b}-\u{180d}\u{180f}\u{fe00}-\u{fe0f}\u{e0100}-\u{e01ef}]/u,
    zeroWidth: /[\u{200b}-\u{200d}\u{2060}\u{feff}]/u,
    loneSurrogate: /[\u{d800}-\u{dfff}]/u,
    /** Invisible characters that are part of the spelling in one script, next to a character of that script. */
    spellings: [
      [/^\u180e$/, mongolian],
      [/^[\u17b4\u17b5]$/, /\p{Script=Khmer}/u],
      [/^[\u115f\u1160]$/, /[\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff]/],
      [/^\u2800+$/, /[\u2801-\u28ff]/],
      [/^[\u{13430}-\u{1343f}]+/u, /\p{Script=Egyptian_Hieroglyphs}/u],
      [/^[\u{1bca0}-\u{1bca3}]/u, /\p{Script=Duployan}/u],
    ] satisfies [run: RegExp, beside: RegExp][],
  }
}

let lastingPatterns: ReturnType<typeof makePatterns> | undefined

function patterns(): ReturnType<typeof makePatterns> {
  lastingPatterns ??= makePatterns()
  return lastingPatterns
}

const MARKS = /^[\u061c\u200e\u200f]+$/
const CONTROL = /[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/
const LAYOUT = /^[\u00ad\u2028\u2029]+$/

/** Files whose parser itself reports a byte order mark, as an error. */
const PARSED = /\.(?:json|yaml)$/

/** A cheap test whether a text needs `checkHiddenText`. */
export function mayHide(text: string, isAscii: boolean): boolean {
  if (!isAscii && SUSPICIOUS.test(text)) return true
  for (const control of CONTROLS) if (text.includes(control)) return true
  return false
}

/** Reports text that is invisible to people and read by models. */
export function checkHiddenText(text: string, file: string, findings: Finding[]): void {
  const { weight, first } = findHidden(text, file, findings)
  const most = tooMany(weight, { file, offset: first }, file)
  if (most) findings.push(most)
}

/** The finding for too many invisible characters in total, although each is allowed where it is. */
export function tooMany(weight: number, place: FindingPlace, name: string): Finding | undefined {
  if (weight <= MOST_WEIGHT) return undefined
  return makeFinding(
    'NOFX_TEXT_HIDDEN',
    place,
    `${name} has many invisible characters (selectors, marks, soft hyphens, joiners), which could hide a text`,
    'remove those that the text does not need',
  )
}

/**
 * Reports each run that is not allowed where it is. Returns the weight of the other runs and the offset of the first.
 */
export function findHidden(
  text: string,
  file: string,
  findings: Finding[],
): { weight: number; first: number } {
  const counts = new Map<CoreRule, number>()
  let weight = 0
  let first = -1
  for (const [run, index] of findRuns(text)) {
    const judgement = judge(run, text, index, file)
    weight += judgement.weight
    if (judgement.weight > 0 && first < 0) first = index
    if (judgement.rule === undefined) continue
    const count = (counts.get(judgement.rule) ?? 0) + 1
    counts.set(judgement.rule, count)
    if (count <= MOST)
      findings.push(
        makeFinding(
          judgement.rule,
          { file, offset: index },
          `${file} has ${describe(run)}`,
          judgement.rule === 'NOFX_TEXT_NUL' && !TEXT_FILE.test(file)
            ? NOT_TEXT
            : 'remove the hidden characters',
        ),
      )
  }
  return { weight, first }
}

/** A text without the characters that a rule would report, and how many they were. */
export function withoutHidden(text: string, file: string): { text: string; removed: number } {
  let visible = ''
  let end = 0
  for (const [run, index] of findRuns(text)) {
    if (judge(run, text, index, file).rule === undefined) continue
    visible += text.slice(end, index)
    end = index + run.length
  }
  visible += text.slice(end)
  if (visible.length === text.length) return { text, removed: 0 }
  // The remaining characters may have new neighbours now.
  const rest = withoutHidden(visible, file)
  return { text: rest.text, removed: text.length - visible.length + rest.removed }
}

function* findRuns(text: string): Iterable<[run: string, index: number]> {
  for (const { 0: run, 1: emoji, index } of text.matchAll(patterns().run)) {
    if (emoji === undefined) yield [run, index]
    else if (!isListedEmoji(emoji))
      for (const part of emoji.matchAll(patterns().hiddenRun)) yield [part[0], index + part.index]
  }
}

/** The most serious rule that a run breaks, if any, and how much the run could hide. */
interface Judgement {
  rule?: CoreRule
  weight: number
}

const broken = (rule: CoreRule, weight = 0): Judgement => ({ rule, weight })

function judge(run: string, text: string, index: number, file: string): Judgement {
  const { loneSurrogate, bidi, tag, zeroWidth, selector, blankRun, letter, rightToLeft, spellings } =
    patterns()
  // Takes a whole character, so that no pattern needs `$`: V8 15 misses surrogate pairs in a class before it.
  const before = [...text.slice(Math.max(0, index - 2), index)].at(-1) ?? ''
  const after = [...text.slice(index + run.length, index + run.length + 2)][0] ?? ''
  if (run.includes('\0')) return broken('NOFX_TEXT_NUL')
  if (loneSurrogate.test(run)) return broken('NOFX_TEXT_SURROGATE')
  if (bidi.test(run)) return broken('NOFX_TEXT_BIDI')
  if (tag.test(run)) return broken('NOFX_TEXT_TAG')
  if (run === '\ufeff' && index === 0) return PARSED.test(file) ? { weight: 0 } : broken('NOFX_TEXT_BOM')
  if (zeroWidth.test(run)) return orBroken(weighJoiner(run, before, after), 'NOFX_TEXT_ZERO_WIDTH')
  if (selector.test(run)) return orBroken(weighSelector(run, before), 'NOFX_TEXT_SELECTOR')
  if (CONTROL.test(run)) return broken('NOFX_TEXT_CONTROL')
  if (blankRun.test(run)) return { weight: run.length * BLANK_WEIGHT }
  if (LAYOUT.test(run)) return broken('NOFX_TEXT_LAYOUT', run.length)
  if (MARKS.test(run)) {
    const isInside = letter.test(before) && letter.test(after)
    const fits = run.length === 1 && !isInside && rightToLeft.test(lineAt(text, index))
    return fits ? { weight: 1 } : broken('NOFX_TEXT_BIDI_MARK', run.length)
  }
  const fits = spellings.some(([own, beside]) => own.test(run) && (beside.test(before) || beside.test(after)))
  return fits ? { weight: 0 } : broken('NOFX_TEXT_INVISIBLE')
}

function orBroken(weight: number | undefined, rule: CoreRule): Judgement {
  return weight === undefined ? broken(rule) : { weight }
}

/** How much one variation selector can hide after a character; undefined if Unicode does not list the pair. */
function weighSelector(run: string, base: string): number | undefined {
  const { mongolian, han } = patterns()
  if ([...run].length > 1) return undefined
  if (isListedVariant(base, run)) return mongolian.test(base) ? 0 : SELECTOR_WEIGHT
  if (run === '\ufe0f' || run === '\ufe0e') {
    if (!isEmoji(base)) return undefined
    return run === '\ufe0f' && base > '\u007f' && isTextByDefault(base) ? 0 : SELECTOR_WEIGHT
  }
  // The database of ideographs has 40,000 pairs and grows every year, so any ideograph is accepted.
  if (run >= '\u{e0100}') return han.test(base) ? SELECTOR_WEIGHT : undefined
  return run < '\u1810' && mongolian.test(base) ? SELECTOR_WEIGHT : undefined
}

function lineAt(text: string, index: number): string {
  const end = text.indexOf('\n', index)
  return text.slice(text.lastIndexOf('\n', index) + 1, end < 0 ? text.length : end)
}

/** Lists the code points of a run, and decodes the text of tag characters. */
function describe(run: string): string {
  const points = [...run].map((char) => char.codePointAt(0) ?? 0)
  const names = points.slice(0, 3).map(nameOfPoint)
  const isOne = new Set(names).size === 1
  const few = isOne && points.length > 1 ? `${points.length} × ${names[0]}` : names.join(' ')
  const summary = points.length > 3 ? `${points.length} hidden characters from ${names[0]}` : few
  const spelled = points
    .filter((point) => point > 0xe001f && point < 0xe007f)
    .map((point) => String.fromCharCode(point - 0xe0000))
    .join('')
  return spelled ? `${summary}, spelling ${shownValue(spelled)}` : summary
}
