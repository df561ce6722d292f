/** The API's refusal (RFC 9457), or what happened in place of an answer. */
export class Problem extends Error {
  readonly status: number
  readonly code: string
  readonly hint?: string
  /** The id of the request in the server's log. */
  readonly requestId?: string
  /** Fields of a request that the server refuses. */
  readonly fields: readonly { field: string; message: string }[]
  /** When to try again, in ms. */
  readonly retryAfter?: number

  constructor(status: number, body: ProblemBody, retryAfter?: number) {
    super(body.detail ?? body.title ?? `the server answered ${status}`)
    this.status = status
    this.code = body.code ?? `HTTP_${status}`
    this.hint = body.hint
    this.requestId = body.instance
    this.fields = body.errors ?? []
    this.retryAfter = retryAfter
  }
}

/** The code of every request after the session has ended. */
export const SESSION_ENDED = 'SESSION_ENDED'

/** The members of a problem document that the console shows. */
export interface ProblemBody {
  title?: string
  detail?: string
  code?: string
  hint?: string
  instance?: string
  errors?: readonly { field: string; message: string }[]
}

/** Whether the server could not be reached, or cannot answer at the moment: what is shown stays, and a retry follows. */
export function isOutage(error: unknown): boolean {
  return (
    !(error instanceof Problem) ||
    error.status === 0 ||
    error.status === 503 ||
    error.status === 502 ||
    error.status === 504
  )
}
