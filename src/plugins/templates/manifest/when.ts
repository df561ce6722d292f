import { isStorable } from '../../../contract/text/storable.ts'
import { type Placeholder, readPlaceholders } from './placeholders.ts'

/** What a condition may compare with. */
export type Scalar = string | number | boolean | null

export type Operator = 'truthy' | 'falsy' | '==' | '!='

/** A step's condition. `right` is present only for `==` and `!=`. */
export interface When {
  placeholder: Placeholder
  op: Operator
  right?: Scalar
}

const COMPARISON = /^(==|!=)(.*)$/s

/**
 * Parses `<placeholder>`, `!<placeholder>`, `<placeholder> == <literal>` or `<placeholder> != <literal>`; a literal
 * is a JSON string without `{{`, a number, true, false or null. Undefined for any other text.
 */
export function parseWhen(text: string): When | undefined {
  const start = text.trimStart()
  const negated = start.startsWith('!')
  const rest = negated ? start.slice(1).trimStart() : start
  const placeholder = readPlaceholders(rest).placeholders[0]
  if (placeholder?.index !== 0) return undefined
  const located = { ...placeholder, index: text.length - rest.length }
  const tail = rest.slice(placeholder.source.length).trim()
  if (tail === '') return { placeholder: located, op: negated ? 'falsy' : 'truthy' }
  const [, op, literal] = COMPARISON.exec(tail) ?? []
  if (negated || literal === undefined) return undefined
  const right = readScalar(literal)
  return right === undefined ? undefined : { placeholder: located, op: op as Operator, right }
}

function readScalar(text: string): Scalar | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof value === 'string') return value.includes('{{') || !isStorable(value) ? undefined : value
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined
  return typeof value === 'boolean' || value === null ? value : undefined
}
