import type { SyncError } from '../core/contract/sync.ts'

/** Where in a request's handling something stopped; logged, never sent. */
export type Phase = 'route' | 'body' | 'shape' | 'check' | 'hash' | 'database'

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

/** A request that no correct publisher sends: refused before anything is looked at. */
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
    ...(detail === undefined ? {} : { detail }),
  })
}
