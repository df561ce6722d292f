import { isObject } from '../../contract/is-object.ts'
import type { JsonObject } from '../../contract/kind.ts'

/** Text that every YAML reader takes as the text that it is. */
const PLAIN = /^[A-Za-z][A-Za-z0-9_-]*$/
/** Words that some version of YAML reads as something else. */
const SPOKEN = /^(?:y|n|yes|no|on|off|true|false|null)$/i
/** Characters that JSON leaves as they are and YAML does not allow, or reads as the end of a line. */
const UNPRINTABLE = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g

/**
 * A file of fields and a body: YAML front matter that every client reads alike, then the body, byte for byte. Values are
 * plain words or JSON, which is YAML without its surprises; undefined fields are left out.
 */
export function withMatter(fields: JsonObject, body: string): string {
  const lines = Object.entries(fields).filter(([, value]) => value !== undefined)
  return `---\n${lines.map(([key, value]) => `${renderKey(key)}: ${renderValue(value)}\n`).join('')}---\n${body}`
}

/** The same with the fields of each object on lines of their own, for files that people edit. */
export function withBlocks(fields: JsonObject, body: string): string {
  const lines = Object.entries(fields).flatMap(([key, value]) => {
    if (value === undefined) return []
    const entries = isObject(value) ? Object.entries(value) : []
    if (entries.length === 0) return [`${renderKey(key)}: ${renderValue(value)}\n`]
    return [
      `${renderKey(key)}:\n`,
      ...entries.map(([name, one]) => `  ${renderKey(name)}: ${renderValue(one)}\n`),
    ]
  })
  return `---\n${lines.join('')}---\n${body}`
}

function renderKey(key: string): string {
  return isPlain(key) ? key : renderJson(key)
}

function renderValue(value: unknown): string {
  if (typeof value === 'string' && isPlain(value)) return value
  if (Array.isArray(value)) return `[${value.map(renderValue).join(', ')}]`
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, one]) => one !== undefined)
    return `{${entries.map(([key, one]) => `${renderJson(key)}: ${renderValue(one)}`).join(', ')}}`
  }
  return renderJson(value)
}

function isPlain(text: string): boolean {
  return PLAIN.test(text) && !SPOKEN.test(text)
}

function renderJson(value: unknown): string {
  const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  return JSON.stringify(value).replace(UNPRINTABLE, escaped)
}
