import { PIECE } from './paced-output.ts'

/** An array with more elements is written in pieces. */
const MANY = 100
/** How deep in a document such an array is looked for. */
const DEPTH = 3
const INDENT = '  '

/**
 * A document as `JSON.stringify(document, null, 2)` writes it, in pieces: the text of 100,000 definitions takes several
 * times their own memory.
 */
export function* jsonPieces(document: unknown): Generator<string> {
  yield* writeValue(document, '', DEPTH)
}

function* writeValue(value: unknown, indent: string, depth: number): Generator<string> {
  const inside = indent + INDENT
  if (!hasLong(value, depth)) yield writeShort(value, indent)
  else if (Array.isArray(value)) {
    let text = '['
    for (let at = 0; at < value.length; at++) {
      text += `${at === 0 ? '' : ','}\n${inside}${writeShort(value[at] ?? null, inside)}`
      if (text.length < PIECE) continue
      yield text
      text = ''
    }
    yield `${text}\n${indent}]`
  } else {
    let separator = '{'
    for (const [name, field] of Object.entries(value as object)) {
      if (field === undefined) continue
      yield `${separator}\n${inside}${JSON.stringify(name)}: `
      yield* writeValue(field, inside, depth - 1)
      separator = ','
    }
    yield `\n${indent}}`
  }
}

function writeShort(value: unknown, indent: string): string {
  return (JSON.stringify(value, null, INDENT) ?? 'null').replaceAll('\n', `\n${indent}`)
}

function hasLong(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null || 'toJSON' in value) return false
  if (Array.isArray(value)) return value.length > MANY
  return depth > 0 && Object.values(value).some((one) => hasLong(one, depth - 1))
}
