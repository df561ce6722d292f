import * as z from 'zod'
import { definitionId } from '../../contract/fields/id.ts'

/** A character that PostgreSQL stores in no text. */
const NUL = '\0'
/** Half of a surrogate pair, which UTF-8 cannot encode. */
const HALF = /\p{Surrogate}/u

/** The path parameters of routes about one definition. */
export const definitionPath = z.object({ id: definitionId })

/** The path parameter of routes about one release: its id, or the start of it or of its commit. */
export const releasePath = z.object({ id: z.string().regex(/^[0-9A-Za-z-]{4,64}$/) })

/** The largest version number that the database can store. */
export const MAX_VERSION = 2_147_483_647

/** A version number in a path or a query. */
export const versionText = wholeNumber(1, MAX_VERSION)

/** The number of rows in a page. */
export const pageSize = wholeNumber(1, 100)
  .default(25)
  .describe('The largest number of entries in a page; 25 by default.')

/** The cursor of the previous page; the list that made it checks its content. */
export const cursorText = z.string().min(1).max(500).describe('`nextCursor` of the previous page.')

/** A search text of at most `max` characters. */
export function phrase(max: number): z.ZodType<string, string> {
  return z
    .string()
    .min(1)
    .max(max)
    .refine((text) => !text.includes(NUL), 'holds a NUL character')
    .refine((text) => !HALF.test(text), 'holds half a character')
}

/** A whole number in digits; `1e3`, ` 5` and `0x10` are refused. */
export function wholeNumber(min: number, max: number) {
  const must = `must be a whole number from ${min} to ${max}`
  return z.preprocess(
    (text) => (typeof text === 'string' && /^\d{1,10}$/.test(text) ? Number(text) : text),
    z.int(must).min(min, must).max(max, must),
  )
}

/** Words of a fixed set, separated by commas or as repeated parameters. */
export function listParameter<const W extends readonly [string, ...string[]]>(words: W) {
  const split = (value: unknown) => [value].flat().flatMap((text) => String(text).split(','))
  return z.preprocess(split, z.array(z.enum(words)).max(words.length))
}
