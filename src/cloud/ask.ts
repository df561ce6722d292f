import { type RemoteError, remoteFailure } from './remote-failure.ts'

/** PostgREST cuts every answer at this many rows and does not say so. */
export const PAGE = 1000

/** What awaiting a supabase-js query gives. */
export interface Answer {
  data: unknown
  error: RemoteError | null
  status: number
}

/** Awaits a query of supabase-js: its data, or a `Failure` that names what was asked. */
export type Ask = <Data>(what: string, query: PromiseLike<Answer>) => Promise<Data>

/** Binds `Ask` to the registry that its failures speak of. */
export function asking(label: string): Ask {
  return async <Data>(what: string, query: PromiseLike<Answer>) => {
    const { data, error, status } = await query
    if (error) throw remoteFailure(label, what, { ...error, status })
    // A proxy or another service may answer 200 with anything; every question here is answered by a list.
    if (!Array.isArray(data))
      throw remoteFailure(label, what, {
        message: 'the answer is not a list, so this is no registry',
        status,
      })
    return data as Data
  }
}

/** All rows up to `limit`, page by page: each page begins behind the last row of the one before. */
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
