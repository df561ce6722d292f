import { diskFull, isDiskFull } from '../core/disk-failure.ts'
import { Failure } from '../core/failure.ts'

/** Turns whatever was thrown into a `Failure`: ours as it is, oclif's as USAGE, the system's by its code, else a bug. */
export function asFailure(error: unknown, commandId: string | undefined): Failure {
  if (error instanceof Failure) return error
  const { message = String(error), code, path, oclif } = error as ThrownError
  if (oclif)
    return new Failure(
      'USAGE',
      oneLine(message),
      `see: nofx ${commandId ? `${commandId.replaceAll(':', ' ')} ` : ''}--help`,
      {
        cause: error,
      },
    )
  if (isDiskFull(error)) return diskFull(error, path)
  if (
    typeof code === 'string' &&
    /^(EACCES|EPERM|EROFS|EMFILE|EIO|EISDIR|ENOTDIR|ENOENT|ELOOP)$/.test(code) &&
    path
  )
    return new Failure('INPUT_UNREADABLE', `${path} (${code})`, 'check the path and its permissions', {
      cause: error,
    })
  return new Failure('BUG', message, 'please report this, with the output of DEBUG=nofx', { cause: error })
}

interface ThrownError {
  message?: string
  code?: unknown
  path?: string
  oclif?: { exit?: number }
}

/** oclif's message without its advice and headings, on one line; of what it lists, the names. */
function oneLine(message: string): string {
  const lines = message
    .split('\n')
    .map((line) => line.trim().replace(/ {2,}.*$/, ''))
    .filter((line) => line !== '' && !/^(See more help with|The following errors? occurred)/.test(line))
  const [first = '', ...rest] = lines
  return /:$|^Parsing /.test(first) ? `${first} ${rest.join(', ')}` : lines.join('; ')
}
