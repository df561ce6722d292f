import { Failure } from '../contract/failure.ts'
import { diskFull, isDiskFull } from '../core/disk/disk-failure.ts'
import { serverState } from '../core/registry/database-state.ts'

/** An error of the operating system, not one of Node.js itself (`ERR_…`). */
const ERRNO = /^E(?!RR_)[A-Z0-9]+$/

/**
 * Turns any thrown value into a `Failure`: NOFX's own unchanged,
 * oclif's as USAGE, the system's by its code, else a bug.
 */
export function asFailure(
  error: unknown,
  commandId: string | undefined,
  argv: readonly string[] = [],
): Failure {
  if (error instanceof Failure) return unwrapped(error)
  const { message = String(error), code, path, oclif } = error as ThrownError
  const lost = oclif && missingFlags(message, commandId, argv)
  if (lost) return lost
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
  const state = serverState(error, 'the registry')
  if (state) return state
  if (typeof code === 'string' && ERRNO.test(code)) return refusedBySystem(error, code, path)
  return new Failure('BUG', message, 'please report this, with the output of DEBUG=nofx', { cause: error })
}

/**
 * The failure for an error of the system about a file, or about
 * something without a path, such as the number of open files.
 */
function refusedBySystem(cause: unknown, code: string, path: string | undefined): Failure {
  if (path)
    return new Failure('INPUT_UNREADABLE', `${path} (${code})`, 'check the path and its permissions', {
      cause,
    })
  const message = `the system refused an operation (${withoutPath(cause)})`
  return new Failure('INPUT_UNREADABLE', message, 'check the limits of this machine: ulimit -a', { cause })
}

const withoutPath = (cause: unknown): string => (cause as Error).message.split('\n')[0] ?? ''

/** A failure of a flag's own check, without the lines that oclif writes around its message. */
function unwrapped(failure: Failure): Failure {
  if (!failure.message.startsWith('Parsing --')) return failure
  const lines = failure.message.split('\n').map((line) => line.trim())
  failure.message = lines.filter((line) => !/^(Parsing --|See more help with)/.test(line)).join(' ')
  return failure
}

/** oclif's sentence about required flags as ours, with the line to type. */
function missingFlags(
  message: string,
  commandId: string | undefined,
  argv: readonly string[],
): Failure | undefined {
  const names = [...message.matchAll(/^\s*Missing required flag (\S+)/gm)].map(([, name]) => `--${name}`)
  if (names.length === 0) return undefined
  const typed = argv.filter((word) => word !== '--json').map(quoted)
  const lacking = names.map((name) => `${name} ${name === '--reason' ? '"<why>"' : `<${name.slice(2)}>`}`)
  const line = ['nofx', ...(commandId?.split(':') ?? []), ...typed, ...lacking].join(' ')
  return new Failure('USAGE', `${names.join(' and ')} ${names.length === 1 ? 'is' : 'are'} missing`, line)
}

const quoted = (word: string) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)

interface ThrownError {
  message?: string
  code?: unknown
  path?: string
  oclif?: { exit?: number }
}

/** oclif's message on one line, without its advice and headings; of a list, only the names. */
function oneLine(message: string): string {
  const lines = message
    .split('\n')
    .map((line) => line.trim().replace(/ {2,}.*$/, ''))
    .filter((line) => line !== '' && !/^(See more help with|The following errors? occurred)/.test(line))
  const [first = '', ...rest] = lines
  return /:$|^Parsing /.test(first) ? `${first} ${rest.join(', ')}` : lines.join('; ')
}
