import { Failure } from '../../contract/failure.ts'

/** The failure of a command that a signal ended. */
export function interrupted(cause: unknown): Failure {
  return new Failure(
    'INTERRUPTED',
    'interrupted',
    'run the same command again: it continues where this one stopped',
    { cause },
  )
}
