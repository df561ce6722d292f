import type { Pointer } from '../diagnostic.ts'

const LONGEST = 80

/** A pointer in the notation of messages: `skills[0].id`. */
export function dotted(pointer: Pointer): string {
  let text = ''
  for (const part of pointer) {
    if (typeof part === 'number') text += `[${part}]`
    else text += text === '' ? part : `.${part}`
  }
  return text
}

/** A value in quotes, shortened so that a message stays on one line. */
export function quoted(value: string): string {
  const text = JSON.stringify(value)
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 2)}…"` : text
}

/** A value in quotes with every character beyond ASCII as an escape, so that equal-looking texts look different. */
export function escaped(value: string): string {
  const hex = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
  return JSON.stringify(value).replace(/[^ -~]/g, hex)
}

/** A value that may be a secret, cut to at most its first 6 characters. */
export function masked(value: string): string {
  return value.length > 6 ? `"${value.slice(0, 6)}…"` : '"…"'
}
