import { isObject } from '../../contract/is-object.ts'
import type { JsonObject } from '../../contract/kind.ts'

const BARE = /^[A-Za-z0-9_-]+$/
/** Levels of tables with a head of their own; an object below them is written in one line. */
const HEADS = 2

/** A TOML document. Undefined values are left out, and a text of several lines is written as such. */
export function toToml(fields: JsonObject): string {
  return renderTable(fields, []).join('')
}

/** Values first: what follows the head of a table belongs to that table. */
function renderTable(fields: JsonObject, path: readonly string[]): string[] {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined)
  const isTable = ([, value]: [string, unknown]) => isObject(value) && path.length < HEADS
  const tables = entries.filter(isTable)
  const values = entries.filter((entry) => !isTable(entry))
  const hasHead = path.length > 0 && (values.length > 0 || tables.length === 0)
  return [
    ...(hasHead ? [`\n[${path.map(renderKey).join('.')}]\n`] : []),
    ...values.map(([key, value]) => `${renderKey(key)} = ${renderTop(value)}\n`),
    ...tables.flatMap(([key, value]) => renderTable(value as JsonObject, [...path, key])),
  ]
}

function renderKey(key: string): string {
  return BARE.test(key) ? key : renderText(key)
}

function renderTop(value: unknown): string {
  return typeof value === 'string' && value.includes('\n') ? renderLines(value) : renderValue(value)
}

function renderValue(value: unknown): string {
  if (typeof value === 'string') return renderText(value)
  if (Array.isArray(value)) return `[${value.map(renderValue).join(', ')}]`
  if (!isObject(value)) return String(value)
  const entries = Object.entries(value).map(([key, one]) => `${renderKey(key)} = ${renderValue(one)}`)
  return entries.length > 0 ? `{ ${entries.join(', ')} }` : '{}'
}

/** A basic string: JSON's escapes are TOML's, which also wants DEL escaped. */
function renderText(text: string): string {
  return JSON.stringify(text.toWellFormed()).replaceAll('\u007f', '\\u007f')
}

/** The same over several lines: the line end after the opening quotes is not part of the text. */
function renderLines(text: string): string {
  const isSafe = !/""|"$/.test(text)
  const lines = text.split('\n').map((line) => renderText(line).slice(1, -1))
  const escaped = lines.join('\n')
  return `"""\n${isSafe ? escaped.replaceAll('\\"', '"') : escaped}"""`
}
