import type { JsonObject } from '../../../contract/kind.ts'
import { type Placeholder, splitText } from '../manifest/placeholders.ts'
import { parseWhen } from '../manifest/when.ts'
import type { DocumentText, InstanceWhen, LiteralValue, Parts } from './document.ts'
import { asText, holds } from './run-time-text.ts'

/** Maximum length of all texts of one instance together, in UTF-16 code units. */
const CHARACTERS = 500_000

/** The values for placeholders, and the room that is left; below 0 the result is discarded. */
export interface ParameterFilling {
  parameters: JsonObject
  secrets: ReadonlySet<string>
  room: number
  /** Parameters as texts, each computed once. */
  texts: Map<string, string>
}

/** Starts filling in. The parameters must have been checked, with defaults filled in. */
export function startFilling(parameters: JsonObject, secrets: ReadonlySet<string>): ParameterFilling {
  return { parameters, secrets, room: CHARACTERS, texts: new Map() }
}

/** A text with its parameters filled in; outputs and secrets remain references. */
export function renderText(text: string, filling: ParameterFilling): DocumentText {
  return assemble(splitText(text), filling)
}

/**
 * A value of `inputs`: texts in it are rendered, keys stay. A text that is exactly one parameter becomes the
 * parameter's value with its type.
 */
export function renderValue(value: unknown, filling: ParameterFilling): unknown {
  if (typeof value === 'string') {
    const pieces = splitText(value)
    const [first] = pieces
    return pieces.length === 1 && typeof first === 'object' && isKnown(first, filling)
      ? keep(first.name, filling)
      : assemble(pieces, filling)
  }
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item) => renderValue(item, filling))
  return renderValues(value as JsonObject, filling)
}

/** Renders all values of an object. */
export function renderValues(values: JsonObject, filling: ParameterFilling): JsonObject {
  const rendered: JsonObject = {}
  for (const key of Object.keys(values)) rendered[key] = renderValue(values[key], filling)
  return rendered
}

/** A condition, decided if it depends on parameters alone. The rules have checked that it can be parsed. */
export function renderWhen(text: string, { parameters, secrets }: ParameterFilling): boolean | InstanceWhen {
  const when = parseWhen(text)
  if (when === undefined) throw new Error(`a condition that no rule has checked: ${text}`)
  const { placeholder, op, right } = when
  if (placeholder.from === 'parameters' && !secrets.has(placeholder.name))
    return holds(findParameter(parameters, placeholder.name), op, right)
  return { left: toReference(placeholder), op, ...(right === undefined ? {} : { right }) }
}

function isKnown(
  placeholder: Placeholder,
  { secrets }: ParameterFilling,
): placeholder is Extract<Placeholder, { from: 'parameters' }> {
  return placeholder.from === 'parameters' && !secrets.has(placeholder.name)
}

function assemble(pieces: readonly (string | Placeholder)[], filling: ParameterFilling): DocumentText {
  const parts: Parts['$parts'] = []
  for (const piece of pieces) {
    if (typeof piece === 'object' && !isKnown(piece, filling)) {
      parts.push(toReference(piece))
      continue
    }
    const text = typeof piece === 'string' ? piece : renderParameter(piece.name, filling)
    filling.room -= text.length
    if (filling.room < 0) return ''
    const before = parts.at(-1)
    // An empty value is a part too, so that the parts reveal nothing about a parameter.
    if (typeof before === 'string') parts[parts.length - 1] = before + text
    else parts.push(text)
  }
  if (parts.length === 0) return ''
  return parts.length === 1 && typeof parts[0] === 'string' ? parts[0] : { $parts: parts }
}

function toReference(placeholder: Placeholder): Exclude<Parts['$parts'][number], string> {
  return placeholder.from === 'parameters'
    ? { secret: placeholder.name }
    : { step: placeholder.step, output: placeholder.output }
}

function renderParameter(name: string, { parameters, texts }: ParameterFilling): string {
  let text = texts.get(name)
  if (text === undefined) {
    text = asText(findParameter(parameters, name))
    texts.set(name, text)
  }
  return text
}

/** A parameter's value as an input; null for an absent parameter. */
function keep(name: string, filling: ParameterFilling): unknown {
  const value = findParameter(filling.parameters, name) ?? null
  filling.room -= renderParameter(name, filling).length
  return holdsMark(value) ? ({ $value: value } satisfies LiteralValue) : value
}

/** Whether a value contains an object that could be mistaken for `Parts` or `LiteralValue`. */
function holdsMark(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (Array.isArray(value)) return value.some(holdsMark)
  return Object.entries(value).some(([key, inside]) => key.startsWith('$') || holdsMark(inside))
}

function findParameter(parameters: JsonObject, name: string): unknown {
  return Object.hasOwn(parameters, name) ? parameters[name] : undefined
}
