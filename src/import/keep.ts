import type { JsonObject } from '../contract/kind.ts'
import type { Guess } from './sources/format.ts'

/** `metadata` may have 4 KiB of compact JSON; 512 of them are for the importer's own record. Bytes. */
const ROOM = 4096 - 512
/** A text cut shorter than this says nothing any more. */
const MIN_TEXT = 80

/** Fits what has no field into `metadata`: the largest part is shortened or left out first. Each one is a guess. */
export function fitKept(kept: JsonObject, room = ROOM): { kept: JsonObject; guesses: Guess[] } {
  const parts = new Map(Object.entries(kept))
  const cut = new Set<string>()
  for (let over = excess(parts, room); over > 0; over = excess(parts, room)) {
    const [key, value] = largest(parts)
    const shorter = typeof value === 'string' ? value.slice(0, -over).replace(/[\uD800-\uDBFF]$/, '') : ''
    if (shorter.length >= MIN_TEXT) parts.set(key, shorter)
    else parts.delete(key)
    cut.add(key)
  }
  const guesses = [...cut].map((key) => ({
    field: 'metadata.import',
    what: parts.has(key) ? `${key} cut short` : `${key.slice(0, MIN_TEXT)} left out`,
    why: 'metadata may have 4 KiB',
  }))
  return { kept: Object.fromEntries(parts), guesses }
}

function largest(parts: ReadonlyMap<string, unknown>): [string, unknown] {
  const sized = [...parts].map((part) => ({ part, size: bytes(part) }))
  return sized.reduce((most, next) => (next.size > most.size ? next : most)).part
}

function excess(parts: ReadonlyMap<string, unknown>, room: number): number {
  return parts.size === 0 ? 0 : bytes(Object.fromEntries(parts)) - room
}

function bytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value))
}
