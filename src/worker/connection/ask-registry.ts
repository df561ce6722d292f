import type * as z from 'zod'
import { Failure } from '../../contract/failure.ts'

/** A query of supabase-js that may be sent again. */
export interface RetriedQuery {
  retry(enabled: boolean): PromiseLike<{ data: unknown; error: QueryError | null; status: number }>
}

interface QueryError {
  message: string
  code?: string
  details?: string | null
  hint?: string | null
}

/** Binds one request and its failures to the registry that they name. */
export function asking(label: string) {
  return async <S extends z.ZodType>(what: string, shape: S, query: RetriedQuery): Promise<z.output<S>> => {
    // The caller decides when to retry.
    const { data, error, status } = await query.retry(false)
    if (error) throw toFailure(label, what, error, status)
    const read = shape.safeParse(data)
    if (!read.success) throw unreadable(label, what, 'the answer does not come from a registry')
    return read.data
  }
}

function toFailure(label: string, what: string, error: QueryError, status: number): Failure {
  const { code, message, details } = error
  if (code === 'PT410')
    return new Failure('CURSOR_GONE', message, error.hint ?? 'read everything again', {
      at: label,
      detail: parseDetail(details),
    })
  if (code === 'PT404')
    return new Failure('NOT_FOUND', message, error.hint ?? 'nofx preview list', { at: label })
  if (status === 401 || status === 403 || code === '42501')
    return new Failure(
      'REMOTE_DENIED',
      `${label} does not let this key ${what} (${message})`,
      'use a key of that project; drafts and previews need the rights of a publisher',
      { at: label },
    )
  return unreadable(
    label,
    what,
    status === 0 ? `it cannot be reached (${findCause(details) ?? message})` : message,
  )
}

/** The system's code, such as ECONNREFUSED: supabase-js has it only in the details of `fetch failed`. */
function findCause(details: string | null | undefined): string | undefined {
  return /\b(?:E[A-Z]{4,}|UND_ERR_[A-Z_]+|CERT_[A-Z_]+|DEPTH_[A-Z_]+)\b/.exec(details ?? '')?.[0]
}

/** For a program as well as for the command line: a server has no project that `nofx doctor` could check. */
const REACH = 'check the URL and the key of the registry, and the network'

/** A registry that cannot be read, with the reason. */
export function unreadable(label: string, what: string, why: string): Failure {
  return new Failure('REMOTE_FAILED', `cannot ${what} of ${label}: ${why}`, REACH, { at: label })
}

function parseDetail(text: string | null | undefined): unknown {
  try {
    return JSON.parse(text ?? '')
  } catch {
    return undefined
  }
}
