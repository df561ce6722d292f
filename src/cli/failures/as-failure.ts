import { Failure } from '../../contract/failure.ts'
import { diskFull, isDiskFull } from '../../core/disk/disk-failure.ts'
import { serverState } from '../../core/registry/database-state.ts'
import { stayInPreview } from './stay-in-preview.ts'
import { type ParseError, usageFailure } from './usage-failure.ts'
import type { UsedCommand } from './used-command.ts'
import { hintVersions } from './version-words.ts'
import { completeHint } from './whole-hint.ts'

/** An error of the operating system, not one of Node.js itself (`ERR_…`). */
const ERRNO = /^E(?!RR_)[A-Z0-9]+$/

/**
 * Turns any thrown value into a `Failure`: NOFX's own unchanged,
 * oclif's as USAGE, the system's by its code, else a bug.
 */
export function asFailure(error: unknown, command: UsedCommand): Failure {
  if (error instanceof Failure)
    return stayInPreview(hintVersions(completeHint(unwrapped(error), command), command), command)
  const { message = String(error), code, path, syscall, oclif } = error as ThrownError
  if (oclif) return hintVersions(usageFailure(error as ParseError, command), command)
  if (isDiskFull(error)) return diskFull(error, path)
  if (syscall === 'uv_cwd')
    return new Failure(
      'INPUT_UNREADABLE',
      'the current folder was deleted',
      'change to a folder that exists: cd',
      {
        cause: error,
      },
    )
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

interface ThrownError {
  message?: string
  code?: unknown
  path?: string
  syscall?: string
  oclif?: { exit?: number }
}

/** A failure of a flag's own check, without the lines that oclif writes around its message. */
function unwrapped(failure: Failure): Failure {
  if (!failure.message.startsWith('Parsing --')) return failure
  const lines = failure.message.split('\n').map((line) => line.trim())
  failure.message = lines.filter((line) => !/^(Parsing --|See more help with)/.test(line)).join(' ')
  return failure
}
