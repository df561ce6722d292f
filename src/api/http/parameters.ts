import * as z from 'zod'
import { definitionId } from '../../contract/fields/id.ts'

/** PostgreSQL keeps no text with this character in it. */
const NUL = '\0'
/** Half of a pair of UTF-16 code units without the other: no text at all in UTF-8. */
const HALF = /\p{Surrogate}/u

/** Path parameters of everything about one definition. */
export const definitionPath = z.object({ id: definitionId })

/** The greatest number that a version can be in the database. */
export const MAX_VERSION = 2_147_483_647

/** A version, as a path or a query spells it. */
export const versionText = wholeNumber(1, MAX_VERSION)

/** How many rows a page has. */
export const pageSize = wholeNumber(1, 100)
  .default(25)
  .describe('The largest number of entries in a page; 25 by default.')

/** What came with the page before; its inside is checked by the list that gave it. */
export const cursorText = z.string().min(1).max(500).describe('`nextCursor` of the previous page.')

/** A word or two that somebody looks for. */
export function phrase(max: number): z.ZodType<string, string> {
  return z
    .string()
    .min(1)
    .max(max)
    .refine((text) => !text.includes(NUL), 'holds a NUL character')
    .refine((text) => !HALF.test(text), 'holds half a character')
}

/** A number in digits: `1e3`, ` 5` and `0x10` are none. */
export function wholeNumber(min: number, max: number) {
  const must = `must be a whole number from ${min} to ${max}`
  return z.preprocess(
    (text) => (typeof text === 'string' && /^\d{1,10}$/.test(text) ? Number(text) : text),
    z.int(must).min(min, must).max(max, must),
  )
}

/** Words of a fixed set, separated by commas or given one by one. */
export function someOf<const W extends readonly [string, ...string[]]>(words: W) {
  const split = (given: unknown) => [given].flat().flatMap((text) => String(text).split(','))
  return z.preprocess(split, z.array(z.enum(words)).max(words.length))
}
