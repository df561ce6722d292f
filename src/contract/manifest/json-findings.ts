import { type Finding, findingMaker } from '../diagnostic.ts'
import { dotted } from '../fields/shown.ts'
import { CORE_RULES } from '../rules.ts'
import { findHidden, tooMany } from '../text/hidden-text.ts'
import type { BadValue } from './json-values.ts'

const makeFinding = findingMaker(CORE_RULES)

type StringProblem = Extract<BadValue, { value: string }>

/** The finding for a document that nests too deeply. */
export function tooDeep(place: { file: string; offset?: number }, depth: number): Finding {
  return makeFinding(
    'NOFX_JSON_DEPTH',
    place,
    `${place.file} nests more than ${depth} levels deep`,
    'flatten the structure',
  )
}

/** The findings for values that cannot be stored as they are. `text` is the text that the values were parsed from. */
export function badValues(values: readonly BadValue[], file: string, text: string): Finding[] {
  if (values.length === 0) return []
  // Hidden characters in the text itself are reported by the check of the text.
  const inText: Finding[] = []
  const own = findHidden(text, file, inText).weight
  const rulesInText = new Set(inText.map(({ rule }) => rule))
  const findings: Finding[] = []
  let weight = 0
  for (const bad of values) {
    if (bad.problem !== 'hidden') findings.push(badValue(bad, file))
    else {
      const byEscapes = hiddenByEscapes(bad, file)
      findings.push(...byEscapes.findings.filter(({ rule }) => !rulesInText.has(rule)).slice(0, 1))
      weight += byEscapes.weight
    }
  }
  const most = tooMany(own, { file }, file) ? undefined : tooMany(weight, { file }, file)
  return most ? [...findings, most] : findings
}

/** Reports characters such as `"\u202e"` that are hidden once the escape is parsed. */
function hiddenByEscapes(
  { value, pointer, key }: StringProblem,
  file: string,
): { findings: Finding[]; weight: number } {
  const findings: Finding[] = []
  const { weight } = findHidden(value, dotted(pointer) || file, findings)
  return { findings: findings.map((one) => ({ ...one, file, pointer, key, offset: undefined })), weight }
}

function badValue(bad: BadValue, file: string): Finding {
  const { pointer } = bad
  const name = dotted(pointer) || file
  switch (bad.problem) {
    case 'key':
      return makeFinding(
        'NOFX_JSON_KEY',
        { file, pointer, key: true },
        `${dotted(pointer.slice(0, -1)) || file} has the key "__proto__"`,
        'rename the key',
      )
    case 'number':
      return makeFinding(
        'NOFX_JSON_NUMBER',
        { file, pointer },
        `${name} is read as ${bad.value}, which is not exact`,
        'write it as a string, or use a smaller number',
      )
    case 'hidden':
    case 'string':
      return makeFinding(
        'NOFX_JSON_STRING',
        { file, pointer, key: bad.key },
        `${name} ${bad.key ? 'is a key with' : 'holds'} ${bad.value.includes('\0') ? 'a NUL character (\\u0000)' : 'half of a surrogate pair'}`,
        'remove that character',
      )
    case 'depth':
      return tooDeep({ file }, pointer.length)
  }
}
