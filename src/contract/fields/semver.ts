import Range from 'semver/classes/range.js'
import satisfies from 'semver/functions/satisfies.js'
import validRange from 'semver/ranges/valid.js'
import { type Finding, findingMaker, type Pointer } from '../diagnostic.ts'
import { FIELD_RULES } from './rules.ts'
import { text } from './shape.ts'
import { dotted, quoted } from './shown.ts'

const makeFinding = findingMaker(FIELD_RULES)

const NUMBER = '(?:0|[1-9][0-9]*)'
const PRERELEASE = `(?:${NUMBER}|[0-9]*[A-Za-z-][0-9A-Za-z-]*)`

/** Grammar of semver.org 2.0.0: one exact version, no range, no `latest`, no leading `v`. */
export const EXACT_VERSION = new RegExp(
  `^${NUMBER}\\.${NUMBER}\\.${NUMBER}(?:-${PRERELEASE}(?:\\.${PRERELEASE})*)?(?:\\+[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?$`,
)

/** The version that an author gives to a definition. */
export const exactVersion = text({
  max: 128,
  pattern: EXACT_VERSION,
  must: 'must be an exact version such as "1.4.0", not a range or "latest"',
})

/** A range of versions; its grammar is checked by `checkRange`. */
export const versionRange = text({ min: 1, max: 128 })

const MOST_KEPT = 256
/** A tree of thousands of definitions uses a handful of ranges, so each is parsed only once. */
const valid = new Set<string>()

function isRange(range: string): boolean {
  if (valid.has(range)) return true
  // semver reads a blank range as "any version"; an author must write that explicitly.
  if (range.trim() === '' || validRange(range) === null) return false
  if (valid.size < MOST_KEPT) valid.add(range)
  return true
}

/**
 * Reports a range that semver cannot parse.
 * @returns whether the range is valid
 */
export function checkRange(range: string, file: string, pointer: Pointer, findings: Finding[]): boolean {
  if (isRange(range)) return true
  findings.push(
    makeFinding(
      'NOFX_VERSION_RANGE',
      { file, pointer },
      `${dotted(pointer)} ${quoted(range)} is not a version range`,
      'write a semver range such as "^1.2.0" or ">=1.0.0 <3"',
    ),
  )
  return false
}

/** One bound of a range. */
export interface Comparator {
  op: '>=' | '<=' | '>' | '<' | '='
  version: string
}

/**
 * A range as a list of alternatives; all bounds of an alternative must hold. An alternative without bounds allows all
 * versions.
 */
export function parseComparators(range: string): Comparator[][] {
  return new Range(range).set.map((bounds) =>
    bounds
      .filter(({ value }) => value !== '')
      .map(({ operator, semver }) => ({ op: operator || '=', version: semver.version })),
  )
}

export { satisfies }
