import * as z from 'zod'
import type { PostgrestAnswer } from '../../../cloud/registry/ask.ts'
import { INSTANT_TEXT } from '../../../cloud/registry/shapes.ts'
import { badCursor, decodeCursor, encodeCursor } from '../../http/cursor.ts'
import { ask } from '../../reads/read-revisions.ts'

/** A query of rows by time, as far as a page needs it. */
interface Rows {
  lte(column: 'created_at', value: string): Rows
  order(column: string, options: { ascending: boolean }): Rows
  limit(count: number): PromiseLike<PostgrestAnswer>
}

/** A place in a list: the time of a row exactly as the database has it, and its key. */
const place = z.strictObject({ at: z.string().regex(INSTANT_TEXT), key: z.string().max(64), q: z.string() })

/** What each row of such a list has. */
export const placed = { at: z.string().regex(INSTANT_TEXT), key: z.string().max(64) }

/** More rows of one moment are not told apart: each has its own transaction. */
const TIES = 20

interface PageRequest {
  limit: number
  cursor: string | undefined
  /** Binds a cursor to its filters. */
  q: string
  env: string | undefined
}

/**
 * One page of rows, newest first; those of one moment by key.
 * @param rows with `at:created_at` and `key` among its columns
 * @throws Refusal 400 BAD_CURSOR
 */
export async function readNewest<S extends z.ZodType<{ at: string; key: string }>>(
  what: string,
  shape: S,
  rows: Rows,
  { limit, cursor, q, env }: PageRequest,
  keyColumn: string,
): Promise<{ page: z.output<S>[]; nextCursor: string | null }> {
  const from = cursor === undefined ? undefined : decodeCursor(cursor, place, env)
  if (from && from.q !== q)
    throw badCursor('it belongs to another list; repeat the filters of the first page')
  const older = from ? rows.lte('created_at', from.at) : rows
  const query = older
    .order('created_at', { ascending: false })
    .order(keyColumn, { ascending: true })
    .limit(limit + 1 + TIES)
  const found = (await ask(what, shape, query)).filter(
    ({ at, key }) => !from || at !== from.at || key > from.key,
  )
  const page = found.slice(0, limit)
  const last = page.at(-1)
  const nextCursor =
    found.length > limit && last ? encodeCursor({ at: last.at, key: last.key, q }, env) : null
  return { page, nextCursor }
}
