import { type Finding, findingMaker, type Pointer } from '../diagnostic.ts'
import { dotted } from '../fields/shown.ts'
import type { ManifestSchema } from '../kind.ts'
import { CORE_RULES, type CoreRule } from '../rules.ts'
import { nearest } from '../text/nearest.ts'
import { shownValue } from '../text/shown-value.ts'
import { keysAt } from './schema-keys.ts'
import { valueAt } from './value-at.ts'
import { demand, type Issue, typeName } from './zod-demand.ts'

const makeFinding = findingMaker(CORE_RULES)

/** The schema, the document that it refused, and the document's file. */
interface ZodContext {
  schema: ManifestSchema
  root: unknown
  file: string
  /** Unknown keys that may still be compared with the known keys. */
  guesses: number
}

/**
 * Maximum number of unknown keys in a document that get a suggestion. Without it, comparing names would take most of
 * the time for a file full of unknown keys.
 */
const MOST_GUESSES = 100

/** Converts zod's issues to findings that name the field, show the invalid value and state what is valid. */
export function zodFindings(
  issues: readonly unknown[],
  schema: ManifestSchema,
  root: unknown,
  file: string,
): Finding[] {
  const context = { schema, root, file, guesses: MOST_GUESSES }
  const findings = (issues as readonly Issue[]).flatMap((issue) => issueFindings(issue, [], context))
  return withoutRepeats(findings)
}

/** A value that breaks several demands at once, such as an empty string, is reported only for the first. */
function withoutRepeats(findings: readonly Finding[]): Finding[] {
  const places = new Set<string>()
  return findings.filter(({ rule, pointer }) => {
    if (rule !== 'NOFX_FIELD_INVALID') return true
    const isFirst = !places.has(String(pointer))
    places.add(String(pointer))
    return isFirst
  })
}

function issueFindings(issue: Issue, base: Pointer, context: ZodContext): Finding[] {
  const pointer = [...base, ...issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part))]
  if (issue.code === 'invalid_union') return unionFindings(issue, pointer, context)
  if (issue.code === 'unrecognized_keys') {
    // The parser has already reported `__proto__`.
    const keys = (issue.keys ?? []).filter((key) => key !== '__proto__')
    return unknownKeys(keys, pointer, context)
  }
  if (issue.code === 'invalid_key') return [badKey(issue, pointer, context)]
  if (!isThere(context.root, pointer)) return [required(issue, pointer, context)]
  const rule: CoreRule = issue.code === 'invalid_type' ? 'NOFX_FIELD_TYPE' : 'NOFX_FIELD_INVALID'
  return [wrong(rule, demand(issue), pointer, context)]
}

/** Findings for a value that fits no branch of a union: those of the branch that the author most likely meant. */
function unionFindings(issue: Issue, pointer: Pointer, context: ZodContext): Finding[] {
  if (!isThere(context.root, pointer)) return [required(issue, pointer, context)]
  if (issue.options) {
    const options = issue.options.map((option) => JSON.stringify(option)).join(', ')
    return [wrong('NOFX_FIELD_INVALID', `must be one of ${options}`, pointer, context)]
  }
  const branches = issue.errors ?? []
  // A branch that refuses the type of the value was not meant.
  const matching = branches.filter(
    (branch) => !branch.some((one) => one.path.length === 0 && one.code === 'invalid_type'),
  )
  const best = matching.sort((a, b) => a.length - b.length)[0]
  if (best) return best.flatMap((one) => issueFindings(one, pointer, context))
  const types = [
    ...new Set(branches.flatMap((branch) => branch.slice(0, 1).map((one) => typeName(one.expected)))),
  ]
  return [wrong('NOFX_FIELD_TYPE', `must be ${types.join(' or ') || 'another value'}`, pointer, context)]
}

function unknownKeys(keys: readonly string[], pointer: Pointer, context: ZodContext): Finding[] {
  const { schema, file, root } = context
  const schemaKeys = keysAt(schema, pointer, root)
  const where = pointer.length ? ` in ${dotted(pointer)}` : ''
  const isTop = pointer.length === 0
  const otherwise =
    isTop && schemaKeys.includes('metadata')
      ? 'remove it, or move it into "metadata"'
      : schemaKeys.length > 0 && schemaKeys.length <= 12
        ? `remove it; known fields are ${schemaKeys.join(', ')}`
        : 'remove it'
  return keys.map((key) => {
    const guess = context.guesses-- > 0 ? nearest(key, schemaKeys) : undefined
    const inside = isTop && !guess ? listFields(valueAt(root, [key])) : []
    const fieldNames = inside.map((field) => shownValue(field)).join(', ')
    const moved =
      fieldNames && schemaKeys.includes('metadata') ? `move ${fieldNames} into "metadata"` : otherwise
    return makeFinding(
      'NOFX_FIELD_UNKNOWN',
      { file, pointer: [...pointer, key], key: true },
      `unknown field ${shownValue(key)}${where}${fieldNames ? ` with ${fieldNames}` : ''}`,
      guess ? `write "${guess}"` : moved,
    )
  })
}

/** Maximum number of field names in a message. */
const MAX_FIELDS = 8

/**
 * The fields inside a container. A hint that named only the container would lose values that were already read from
 * it.
 */
function listFields(value: unknown): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return []
  const fields = Object.keys(value)
  return fields.length <= MAX_FIELDS ? fields : []
}

function badKey(issue: Issue, pointer: Pointer, { file }: ZodContext): Finding {
  const inner = issue.issues?.[0]
  return makeFinding(
    'NOFX_FIELD_INVALID',
    { file, pointer, key: true },
    `key ${shownValue(pointer.at(-1))} in ${dotted(pointer.slice(0, -1))} ${inner ? demand(inner) : 'is not allowed'}`,
    'rename the key',
  )
}

function required(issue: Issue, pointer: Pointer, { file }: ZodContext): Finding {
  const [parent, field] = [pointer.slice(0, -1), String(pointer.at(-1))]
  const what = issue.expected ? ` with ${typeName(issue.expected)}` : ''
  return makeFinding(
    'NOFX_FIELD_REQUIRED',
    { file, pointer: parent, absent: field },
    `${dotted(pointer)} is missing`,
    `add "${field}"${what}`,
  )
}

function wrong(rule: CoreRule, must: string, pointer: Pointer, { root, file }: ZodContext): Finding {
  const value = valueAt(root, pointer)
  return makeFinding(
    rule,
    { file, pointer },
    `${dotted(pointer) || file} ${shownValue(value)} ${must}`,
    hintFor(must, pointer),
  )
}

function hintFor(must: string, pointer: Pointer): string {
  const field = dotted(pointer) || 'the document'
  const [, verb, requirement] = /^must (be|have) (.+)$/s.exec(must) ?? []
  if (!requirement) return `change ${field}`
  return verb === 'be' ? `change ${field} to ${requirement}` : `give ${field} ${requirement}`
}

function isThere(root: unknown, pointer: Pointer): boolean {
  return valueAt(root, pointer) !== undefined
}
