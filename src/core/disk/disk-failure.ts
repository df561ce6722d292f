import { Failure } from '../../contract/failure.ts'

/** The codes for a full disk or quota: those of Node.js, and PostgreSQL's SQLSTATE. */
const FULL = new Set(['ENOSPC', 'EDQUOT', '53100'])

/** Whether an error means that the disk is full. */
export function isDiskFull(error: unknown): boolean {
  return FULL.has(String((error as { code?: unknown } | null)?.code ?? ''))
}

/**
 * The failure for a full disk.
 * @param place a path, if it is known
 */
export function diskFull(cause: unknown, place: string | undefined): Failure {
  const message = `no room left on the disk${place ? ` for ${place}` : ''}`
  return new Failure('DISK_FULL', message, 'free some space and run again', { at: place, cause })
}

/** A system error about `path` as a failure with a hint. */
export function asDiskFailure(error: unknown, path: string): Failure {
  if (error instanceof Failure) return error
  if (isDiskFull(error)) return diskFull(error, path)
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown error'
  return new Failure(
    'INPUT_UNREADABLE',
    `${path} cannot be read or written (${code})`,
    'check that the path is right and that you may write there',
    { at: path, cause: error },
  )
}
