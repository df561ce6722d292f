import { isSame } from '../../../contract/fields/compare.ts'
import type { Operator, Scalar } from '../manifest/when.ts'
import type { DocumentText, InstanceWhen, RunTimeReference } from './document.ts'

/** Returns the JSON value of a reference; undefined for a missing value. */
export type FindReference = (reference: RunTimeReference) => unknown

/** Completes a text. A missing value becomes empty text; a value that is not a string becomes JSON. */
export function completeText(text: DocumentText, lookup: FindReference): string {
  if (typeof text === 'string') return text
  return text.$parts.map((part) => (typeof part === 'string' ? part : asText(lookup(part)))).join('')
}

/**
 * Completes the inputs of a step. A text that is exactly one reference becomes its value, or null for a missing
 * value.
 */
export function completeInputs(
  inputs: Record<string, unknown>,
  lookup: FindReference,
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, complete(value, lookup)]))
}

function complete(value: unknown, lookup: FindReference): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item) => complete(item, lookup))
  if ('$value' in value) return value.$value
  if (!('$parts' in value)) return completeInputs(value as Record<string, unknown>, lookup)
  const text = value as Exclude<DocumentText, string>
  const [first, ...others] = text.$parts
  const isOne = typeof first === 'object' && others.length === 0
  return isOne ? (lookup(first) ?? null) : completeText(text, lookup)
}

/** Whether a step runs. */
export function decideWhen(when: boolean | InstanceWhen | undefined, lookup: FindReference): boolean {
  if (when === undefined || typeof when === 'boolean') return when ?? true
  return holds(lookup(when.left), when.op, when.right)
}

/**
 * Whether a condition holds for a value. False, null, 0, the empty text and a missing value are falsy; every other
 * value, empty lists included, is truthy. A missing value equals null.
 */
export function holds(left: unknown, op: Operator, right: Scalar | undefined): boolean {
  if (op === 'truthy' || op === 'falsy') return Boolean(left) === (op === 'truthy')
  return isSame(left ?? null, right ?? null) === (op === '==')
}

/** A value inside a text: a string unchanged, empty text for null, otherwise JSON. */
export function asText(value: unknown): string {
  if (typeof value === 'string') return value
  return value === undefined || value === null ? '' : JSON.stringify(value)
}
