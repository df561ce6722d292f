import { FAILURES, Failure, type FailureCode } from '../../contract/failure.ts'
import { Refusal } from '../../edge/http/refusal.ts'
import { SAFE } from './answer.ts'

/** Problem details (RFC 9457) as this API sends them; programs read `code`. */
export interface ProblemDocument {
  type: string
  title: string
  status: number
  detail?: string
  /** The id of the request, as in the answer's `x-request-id` and in the log. */
  instance: string
  code: string
  hint?: string
  errors?: unknown[]
  /** The detail again, for clients of discovery protocols, which read it here. */
  error?: string
}

/** The HTTP meaning of a thrown error, and the part of it that goes to the log alone. */
export interface HttpTrouble {
  status: number
  code: string
  detail?: string
  hint?: string
  errors?: unknown[]
  /** Headers of the answer besides those of its status. */
  headers?: Record<string, string>
  phase: string
  cause?: unknown
}

/** Titles of codes that only HTTP has, and of some that it shares with the CLI. */
const TITLES: Record<string, string> = {
  ANSWER_TOO_LARGE: 'The answer would be too large.',
  MARKETPLACE_NOT_READY: 'The marketplace is not ready yet.',
  BAD_REQUEST: 'The request is invalid.',
  BAD_CURSOR: 'The cursor does not belong to this list.',
  BODY_TOO_LARGE: 'The body is too large.',
  BUG: 'The server failed.',
  DELIVERY_REFUSED: 'Not a registry delivery.',
  CONTENT_TYPE: 'The body is not JSON.',
  FOREIGN_PAGE: 'Another page asks.',
  NOT_IMPLEMENTED: 'This registry does not take that request.',
  METHOD_NOT_ALLOWED: 'This method is not allowed here.',
  NOT_FOUND: 'Not found.',
  PATH_TOO_LONG: 'The path is too long.',
  PRECONDITION_FAILED: 'The definition has changed.',
  PRECONDITION_REQUIRED: 'A precondition is missing.',
  TOO_MANY_STREAMS: 'Too many streams are open.',
  RATE_LIMITED: 'Too many requests.',
}

/** The HTTP status of a shared failure code. */
const STATUSES: Partial<Record<FailureCode, number>> = {
  FINDINGS: 422,
  REFUSED: 422,
  NOT_FOUND: 404,
  USAGE: 400,
  CONFLICT: 409,
  CURSOR_GONE: 410,
  WITHDRAWN: 410,
  STALE: 409,
  IDEMPOTENCY_MISMATCH: 422,
  DISK_FULL: 507,
  REMOTE_FAILED: 503,
  REMOTE_DENIED: 503,
  EMBEDDED_LOCKED: 503,
  CONFIG: 503,
}

/** Seconds after which a caller may retry when the server was at fault. */
const RETRY_AFTER = 5

/** Details of these failures go to the log alone; a missing variable is named, since the operator has to set it. */
const OWN_FAULT = new Set(['REMOTE_FAILED', 'REMOTE_DENIED', 'EMBEDDED_LOCKED', 'EMBEDDED_CORRUPT', 'BUG'])

/** The parts of a refusal's detail that the answer uses: fields that do not fit, and headers. */
interface RefusalDetail {
  issues?: unknown[]
  headers?: Record<string, string>
}

/** A refusal of the API itself. */
export function refuse(
  status: number,
  code: string,
  message: string,
  hint: string,
  detail?: RefusalDetail,
): Refusal {
  return new Refusal(status, 'route', { code, message, hint, detail })
}

/** The only place where a thrown error gets its HTTP meaning. */
export function describeTrouble(thrown: unknown): HttpTrouble {
  if (thrown instanceof Refusal) {
    const { code, message, hint, findings, detail } = thrown.error
    const { status, phase, cause } = thrown
    const { issues, headers } = (detail ?? {}) as RefusalDetail
    return { status, code, phase, cause, detail: message, hint, errors: findings ?? issues, headers }
  }
  if (!(thrown instanceof Failure)) return { status: 500, code: 'BUG', phase: 'handle', cause: thrown }
  const { code, message, hint } = thrown
  const status = STATUSES[code] ?? 500
  if (OWN_FAULT.has(code)) {
    const detail = status === 503 ? 'the registry cannot be reached' : undefined
    return { status, code, phase: 'database', cause: thrown, detail, hint: 'try again in a few seconds' }
  }
  return {
    status,
    code,
    phase: 'handle',
    detail: message,
    hint,
    errors: (thrown.detail as RefusalDetail)?.issues,
  }
}

/** The answer for a trouble. Never cached, never with a stack. `discovery`: for clients that read `error`. */
export function problemResponse(trouble: HttpTrouble, requestId: string, discovery = false): Response {
  const { status, code, detail, hint, errors, headers: own } = trouble
  const title = TITLES[code] ?? findMeaning(code)
  const problem: ProblemDocument = {
    type: `urn:nofx:problem:${code.toLowerCase().replaceAll('_', '-')}`,
    title,
    status,
    detail,
    instance: requestId,
    code,
    hint,
    errors,
    ...(discovery ? { error: [detail ?? title, hint].filter(Boolean).join('; ') } : {}),
  }
  const headers: Record<string, string> = {
    'content-type': 'application/problem+json; charset=utf-8',
    'cache-control': 'no-store',
    ...SAFE,
    'x-request-id': requestId,
    ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
    ...(status === 503 ? { 'retry-after': String(RETRY_AFTER) } : {}),
    ...own,
  }
  return new Response(JSON.stringify(problem), { status, headers })
}

function findMeaning(code: string): string {
  return Object.hasOwn(FAILURES, code) ? FAILURES[code as FailureCode].meaning : 'The request was refused.'
}
