import { type Finding, findingMaker } from '../diagnostic.ts'
import { dotted, quoted } from '../fields/shown.ts'
import { CORE_RULES } from '../rules.ts'
import { badValues, tooDeep } from './json-findings.ts'
import { scanJson } from './json-scan.ts'
import { walkValues } from './json-values.ts'

const makeFinding = findingMaker(CORE_RULES)

/** A document and the findings about its text. `value` is undefined if the text could not be parsed. */
export interface ParsedText {
  value: unknown
  findings: Finding[]
}

const BOM = 0xfeff

/**
 * Parses JSON and reports what `JSON.parse` accepts silently: a BOM, repeated keys, too many levels, `__proto__`,
 * strings that cannot be stored, numbers that were rounded. Clean text costs one parse and one walk. Never throws,
 * whatever the text.
 */
export function parseJson(text: string, file: string, limits: { depth: number }): ParsedText {
  const findings: Finding[] = []
  const start = text.charCodeAt(0) === BOM ? 1 : 0
  const json = start ? text.slice(1) : text
  if (start)
    findings.push(
      makeFinding(
        'NOFX_JSON_BOM',
        { file, offset: 0 },
        `${file} starts with a byte order mark`,
        'save it as UTF-8 without BOM',
      ),
    )
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    findings.push(syntaxError(json, file, start))
    return { value: undefined, findings }
  }
  const walk = walkValues(value, limits.depth, json.includes('\\u'))
  if (walk.bad.some((bad) => bad.problem === 'depth')) {
    const offset = (scanJson(json, limits.depth).tooDeep ?? 0) + start
    findings.push(tooDeep({ file, offset }, limits.depth))
    return { value: undefined, findings }
  }
  if (walk.keys !== countKeys(json)) findings.push(...duplicateKeys(json, file, start))
  findings.push(...badValues(walk.bad, file, json))
  return { value, findings }
}

/**
 * Counts colons behind a quote: one for each key, and more if a string contains the same characters. Never less than
 * the number of keys.
 */
function countKeys(json: string): number {
  let count = 0
  for (let colon = json.indexOf(':'); colon >= 0; colon = json.indexOf(':', colon + 1)) {
    let before = colon - 1
    while (isBlank(json.charCodeAt(before))) before--
    if (json.charCodeAt(before) === QUOTE) count++
  }
  return count
}

const QUOTE = 34

function isBlank(code: number): boolean {
  return code === 32 || code === 10 || code === 13 || code === 9
}

function syntaxError(json: string, file: string, start: number): Finding {
  const error = scanJson(json, Number.POSITIVE_INFINITY).error ?? { offset: 0, expected: 'a value' }
  const token = /^(?:[\w.-]{1,20}|.)/su.exec(json.slice(error.offset))?.[0]
  const instead = token === undefined ? 'the end of the file' : quoted(token)
  const unclosed = token === '"' && error.expected.startsWith('a string')
  return makeFinding(
    'NOFX_JSON_SYNTAX',
    { file, offset: error.offset + start },
    `${file} is not valid JSON: expected ${error.expected}${unclosed ? '' : `, found ${instead}`}`,
    syntaxHint(error.expected, token),
  )
}

function syntaxHint(expected: string, token: string | undefined): string {
  if (token === undefined) return 'add what is missing at the end'
  if (token === '/' || token === '#') return 'remove the comment'
  if (token === "'") return 'use double quotes'
  if (token === ',' || token === '}' || token === ']')
    return 'remove the extra comma, or add the missing value'
  if (expected.startsWith('","')) return 'add the missing comma before it'
  return 'fix the syntax here'
}

function duplicateKeys(json: string, file: string, start: number): Finding[] {
  return scanJson(json, Number.POSITIVE_INFINITY).duplicates.map(({ offset, key, pointer }) =>
    makeFinding(
      'NOFX_JSON_DUPLICATE_KEY',
      { file, offset: offset + start },
      `${dotted(pointer.slice(0, -1)) || 'the object'} has the key ${quoted(key)} more than once`,
      'keep one of them',
    ),
  )
}
