import * as z from 'zod'
import type { SyncError } from '../../contract/protocol/sync.ts'
import { Refusal } from './refusal.ts'

/** An error of a SQL function as PostgREST passes it on. */
export interface RpcError {
  code?: string
  message?: string
  hint?: string | null
  /** For refusals of the registry's functions: JSON text `{code, …}`. */
  details?: string | null
}

/** SQLSTATE of PostgreSQL. */
const DISK_FULL = '53100'

/** Failures of the embedded cloud itself, which it passes on unchanged. */
const PASSED: Readonly<Record<string, number>> = {
  DISK_FULL: 507,
  EMBEDDED_CORRUPT: 503,
  EMBEDDED_LOCKED: 503,
  REMOTE_FAILED: 503,
}

const detailShape = z.looseObject({ code: z.string().regex(/^[A-Z][A-Z_]{2,40}$/) })

/**
 * Turns a SQL function's error into the answer. The registry's functions refuse with SQLSTATE `PT<status>` and give the
 * reason in `details`; every other error goes to the log and is not shown to the caller.
 */
export function toRefusal(error: RpcError): Refusal {
  if (error.code === DISK_FULL) return noRoom(error)
  if (error.hint && PASSED[error.code ?? '']) return passed(error)
  const status = /^PT([45]\d\d)$/.exec(error.code ?? '')?.[1]
  const detail = parseDetail(error.details)
  if (status === undefined || detail === undefined) return unavailable(error)
  const { code, findings, ...rest } = detail
  return new Refusal(Number(status), 'database', {
    code,
    message: error.message ?? 'the registry refused the request',
    hint: error.hint ?? 'nofx registry status',
    ...(Object.keys(rest).length > 0 ? { detail: rest } : {}),
    ...(Array.isArray(findings) ? { findings: findings as SyncError['findings'] } : {}),
  })
}

function passed(cause: RpcError): Refusal {
  const { code = 'REMOTE_FAILED', message = '', hint } = cause
  const refusal = new Refusal(PASSED[code] ?? 503, 'database', { code, message, hint: hint ?? '' })
  refusal.cause = cause
  return refusal
}

function noRoom(cause: RpcError): Refusal {
  const refusal = new Refusal(507, 'database', {
    code: 'DISK_FULL',
    message: "the registry's disk has no room left",
    hint: 'free some space there and run the command again; nothing half-done is visible',
  })
  refusal.cause = cause
  return refusal
}

/** A failure of the function or of the database: the answer says that the request failed and nothing more. */
export function unavailable(cause: unknown): Refusal {
  const refusal = new Refusal(500, 'database', {
    code: 'REMOTE_FAILED',
    message: 'the registry could not do this',
    hint: 'run the command again; nothing half-done is visible',
  })
  refusal.cause = cause
  return refusal
}

function parseDetail(text: string | null | undefined): z.infer<typeof detailShape> | undefined {
  try {
    return detailShape.safeParse(JSON.parse(text ?? '')).data
  } catch {
    return undefined
  }
}
