import type { SyncError } from '../../contract/protocol/sync.ts'

/** The part of a request's handling that refused it; logged, never sent. */
export type Phase = 'route' | 'auth' | 'body' | 'shape' | 'check' | 'hash' | 'database'

/** Ends a request with an answer other than success. `status` is the HTTP status. */
export class Refusal extends Error {
  readonly status: number
  readonly phase: Phase
  readonly error: SyncError

  constructor(status: number, phase: Phase, error: SyncError) {
    super(error.message)
    this.name = 'Refusal'
    this.status = status
    this.phase = phase
    this.error = error
  }
}

/** The refusal of a request that no correct publisher sends, before anything is read from the registry. */
export function malformed(
  status: number,
  phase: Phase,
  message: string,
  hint: string,
  detail?: unknown,
): Refusal {
  return new Refusal(status, phase, {
    code: 'REFUSED',
    message,
    hint,
    detail,
  })
}

/** The refusal of a body before the rest of it is read. `hint`: what to send instead. */
export function tooLarge(limit: number, hint: string): Refusal {
  return malformed(413, 'body', largerThan(limit), hint)
}

/** The message of that refusal. */
export function largerThan(limit: number): string {
  return `the body is larger than ${limit} bytes`
}

/**
 * The refusal of invalid credentials (401), or of a caller
 * without the right (403). No part of the credentials is quoted.
 */
export function denied(status: 401 | 403, message: string, hint: string): Refusal {
  return new Refusal(status, 'auth', { code: 'REMOTE_DENIED', message, hint })
}

/** Why a request ended, for the log. */
export function describeCause({ cause }: Refusal): string | undefined {
  if (cause === undefined) return undefined
  const { code, message } = cause as { code?: string; message?: string }
  return [code, message].filter(Boolean).join(' ')
}
