import type * as z from 'zod'
import { refuse } from './problem.ts'

/** Packs where a list goes on. Callers hand it back as it is; what it holds may change. */
export function encodeCursor(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

/**
 * Unpacks what a caller hands back. A cursor holds no right: it only says where to go on, and row security decides again.
 * @throws Refusal 400 BAD_CURSOR
 */
export function decodeCursor<T>(text: string, shape: z.ZodType<T>): T {
  const parsed = shape.safeParse(parse(text))
  if (parsed.success) return parsed.data
  throw badCursor('it was not given by this list')
}

/** @param why what is wrong with it, as the end of a sentence */
export function badCursor(why: string) {
  return refuse(400, 'BAD_CURSOR', `the cursor cannot be used: ${why}`, 'begin again without it')
}

/** The header that points to the next page (RFC 8288). */
export function nextLink(url: URL, cursor: string): string {
  const next = new URL(url)
  next.searchParams.set('cursor', cursor)
  return `<${next.pathname}${next.search}>; rel="next"`
}

function parse(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))
  } catch {
    return undefined
  }
}
