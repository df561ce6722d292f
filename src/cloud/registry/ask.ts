import * as z from 'zod'
import { Failure } from '../../contract/failure.ts'
import { parseShape } from '../../contract/manifest/accept.ts'
import { misfit } from '../../contract/protocol/answers.ts'
import { type RemoteError, remoteFailure } from './remote-failure.ts'

/** PostgREST cuts every answer at this many rows without reporting it. */
export const PAGE = 1000

/** The result of awaiting a supabase-js query. */
export interface PostgrestAnswer {
  data: unknown
  error: RemoteError | null
  status: number
}

/**
 * Awaits a supabase-js query for rows of a shape. Answers are checked here and nowhere else: the registry is a server
 * that may be a wrong one, an older one or a hostile one.
 * @throws Failure that names the request and, where an answer does not fit, the field
 */
export type Ask = <S extends z.ZodType>(
  what: string,
  row: S,
  query: PromiseLike<PostgrestAnswer>,
) => Promise<z.output<S>[]>

/** Binds `Ask` to the registry that its failures name. */
export function asking(label: string): Ask {
  return async (what, row, query) => {
    const { data, error, status } = await query
    if (error) throw remoteFailure(label, what, { ...error, status })
    return fitting<z.output<typeof row>[]>(label, what, z.array(row), data)
  }
}

/**
 * The answer of a registry, checked against a shape.
 * @throws Failure REMOTE_FAILED with the path of the first field that does not fit
 */
export function fitting<T>(label: string, what: string, shape: z.ZodType<T>, answer: unknown): T {
  const read = parseShape(shape, answer)
  if (read.success) return read.data
  throw new Failure(
    'REMOTE_FAILED',
    `${label} could not ${what}: ${misfit(read.error)}, so the answer was ignored`,
    'check that this is the address of a registry, and that nofx here is not older than it: nofx --version',
    { at: label },
  )
}

/** All rows up to `limit`, page by page: each page begins after the last row of the previous one. */
export async function pages<Row>(
  read: (last: Row | undefined) => Promise<Row[]>,
  limit = Number.POSITIVE_INFINITY,
): Promise<Row[]> {
  const rows: Row[] = []
  while (rows.length < limit) {
    const page = await read(rows.at(-1))
    for (const row of page) rows.push(row)
    if (page.length < PAGE) break
  }
  return rows.slice(0, limit)
}
