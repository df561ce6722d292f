import type * as z from 'zod'
import { isObject } from '../../contract/is-object.ts'
import { ENV_PARAMETER } from './environment.ts'
import { refuse } from './problem.ts'

/**
 * Encodes the position in a list. Callers return it unchanged; its content may change between versions.
 * @param env the preview of the list: its positions are not valid in another environment
 */
export function encodeCursor(value: object, env: string | undefined): string {
  return Buffer.from(JSON.stringify({ ...value, env })).toString('base64url')
}

/**
 * Decodes a cursor from a caller. A cursor grants no right: it is only a position, and row security applies again.
 * @throws Refusal 400 BAD_CURSOR
 */
export function decodeCursor<T>(text: string, shape: z.ZodType<T>, env: string | undefined): T {
  const unpacked = parse(text)
  const { env: of, ...value } = isObject(unpacked) ? unpacked : {}
  const parsed = shape.safeParse(isObject(unpacked) ? value : unpacked)
  if (!parsed.success) throw badCursor('it does not belong to this list')
  if (of !== env) throw badCursor('it belongs to another environment')
  return parsed.data
}

/** @param why why the cursor is invalid, as the end of a sentence */
export function badCursor(why: string) {
  return refuse(400, 'BAD_CURSOR', `the cursor cannot be used: ${why}`, 'start again without the cursor')
}

/** The `Link` header for the next page (RFC 8288), in the same environment, however the request named it. */
export function nextLink(url: URL, cursor: string, env: string | undefined): string {
  const next = new URL(url)
  if (env !== undefined) next.searchParams.set(ENV_PARAMETER, env)
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
