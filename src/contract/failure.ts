/**
 * Every failure code of a command, with its exit status and meaning. `nofx help`, the exit status and the
 * troubleshooting page all come from this table.
 */
export const FAILURES = {
  FINDINGS: { exit: 1, meaning: 'The definitions have errors, or a check refused them.' },
  REFUSED: { exit: 1, meaning: 'A rule of the registry refused the change.' },
  NOT_FOUND: { exit: 1, meaning: 'The definition, version or release does not exist.' },
  WITHDRAWN: { exit: 1, meaning: 'The content of the version was withdrawn from the registry.' },
  DISABLED: { exit: 1, meaning: 'An operator or its author disabled the definition.' },
  INPUT_UNREADABLE: { exit: 1, meaning: 'A file or folder could not be read or written.' },
  NO_DEFINITIONS: { exit: 1, meaning: 'There is nothing to work on in this folder.' },
  NO_COMMIT: { exit: 1, meaning: 'The commit of a publish is unknown, or the working tree differs from it.' },
  GIT_FAILED: { exit: 1, meaning: 'git is missing, or cannot read the repository.' },
  DISK_FULL: { exit: 1, meaning: 'The disk has no room left.' },
  RUN_FAILED: { exit: 1, meaning: 'A step of the run failed.' },
  OUTPUT_FAILED: { exit: 74, meaning: 'The work is done, but its answer could not be written.' },
  INTERRUPTED: { exit: 130, meaning: 'Ctrl-C; nothing half-done is visible, run it again.' },
  USAGE: { exit: 2, meaning: 'The command line is invalid.' },
  CONFIG: { exit: 2, meaning: 'The configuration is invalid or incomplete.' },
  REMOTE_FAILED: { exit: 3, meaning: 'The registry answered with an error or could not be reached.' },
  REMOTE_DENIED: { exit: 3, meaning: 'The registry refused the key.' },
  EMBEDDED_LOCKED: { exit: 3, meaning: 'Another process holds the embedded cloud.' },
  EMBEDDED_CORRUPT: { exit: 3, meaning: 'The embedded cloud in .nofx/ cannot be opened.' },
  CONFLICT: { exit: 4, meaning: 'The registry changed after the plan was made.' },
  STALE: { exit: 4, meaning: 'The registry already holds a newer commit.' },
  FOREIGN: { exit: 4, meaning: 'A file in the way was edited, or an export did not write it.' },
  CURSOR_GONE: { exit: 4, meaning: 'The feed no longer has the events after the cursor.' },
  IDEMPOTENCY_MISMATCH: { exit: 4, meaning: 'The idempotency key was used for another request.' },
  BUG: { exit: 70, meaning: 'A bug of NOFX; please report it.' },
} as const

/** A code of `FAILURES`. */
export type FailureCode = keyof typeof FAILURES

/** Stops a command. The message names the invalid value, the hint is the one action that fixes it. */
export class Failure extends Error {
  readonly code: FailureCode
  readonly hint: string
  /** `path:line:column` or a URL, if the failure has a place. */
  readonly at?: string
  /** Machine-readable details for `--json`. */
  readonly detail?: unknown
  /** What to check, if the hint is `nofx doctor`: a hint of that command must not name the command itself. */
  readonly check?: string

  constructor(
    code: FailureCode,
    message: string,
    hint: string,
    options: { at?: string; detail?: unknown; check?: string; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause })
    this.name = 'Failure'
    this.code = code
    this.hint = hint
    this.at = options.at
    this.detail = options.detail
    this.check = options.check
  }

  /** The process's exit status for this failure, from `FAILURES`. */
  get exit(): number {
    return FAILURES[this.code].exit
  }
}
