import { Failure, type FailureCode } from '../../contract/failure.ts'
import { withoutKeys } from '../../contract/text/without-keys.ts'
import { SUPABASE } from '../../core/foreign-commands.ts'
import { serverState } from '../../core/registry/database-state.ts'
import { refusal } from '../../core/registry/sync.ts'
import { toRefusal } from '../../edge/http/database-error.ts'

/** An error of any part of supabase-js. */
export interface RemoteError {
  message?: string
  code?: string | null
  hint?: string | null
  /** For refusals of the registry's SQL functions: JSON text `{code, …}`. */
  details?: string | null
  /** HTTP status; storage also has it as text in `statusCode`, and 0 means that there was no answer. */
  status?: number
  statusCode?: string | number
  /** The error that `fetch` threw, when storage has no answer. */
  originalError?: unknown
}

/** Failures that the embedded cloud passes on unchanged: see `Trouble`. */
const OWN = new Set<string>(['DISK_FULL', 'EMBEDDED_CORRUPT', 'EMBEDDED_LOCKED', 'REMOTE_FAILED'])
/** The longest text of another server that a message repeats, UTF-16 code units. */
const LONGEST = 2_000

/** The error with its fields checked: it is part of an answer, which may hold anything. */
function readError(answer: RemoteError): RemoteError & { message?: string; code: string } {
  const text = (value: unknown) => (typeof value === 'string' ? value.slice(0, LONGEST) : undefined)
  const { message, code, hint, details } = answer
  // The details of a refusal are JSON, which could not be parsed after cutting.
  const whole = typeof details === 'string' && details.length <= 1_000_000 ? details : null
  return { ...answer, message: text(message), code: text(code) ?? '', hint: text(hint), details: whole }
}

const MISSING = new Set(['PGRST202', 'PGRST205', '42P01', '42883'])

const UNREACHED = 'check SUPABASE_URL and the network'

/**
 * The failure that a refused or failed call stands for.
 * @param what the request, such as `read the heads of agents`
 */
export function remoteFailure(
  label: string,
  what: string,
  answer: RemoteError,
  status = chooseStatus(answer),
): Failure {
  const error = readError(answer)
  if (error.originalError instanceof Failure) return error.originalError
  // A refusal by the registry's SQL has its own code: a missing preview, for example, is not a failure of the registry.
  if (/^PT\d{3}$/.test(error.code)) return refusal(toRefusal(error).error)
  const options = { at: label, cause: error }
  const message = withoutKeys(error.message ?? 'no reason given')
  if (error.hint && OWN.has(error.code ?? ''))
    return new Failure(error.code as FailureCode, message, error.hint, options)
  const state = serverState({ ...error, code: error.code ?? error.statusCode }, label)
  if (state) return state
  if (status === 401 || status === 403 || error.code === '42501')
    return new Failure(
      'REMOTE_DENIED',
      `${label} does not let this key ${what} (${message})`,
      // The hint of an edge function's own refusal is more specific.
      (error.code === 'REMOTE_DENIED' && error.hint) ||
        'sign in as a publisher (nofx login), or set SUPABASE_SECRET_KEY to a secret key of that project',
      options,
    )
  if (MISSING.has(error.code))
    return new Failure(
      'REMOTE_FAILED',
      `${label} has no registry or an older one: cannot ${what} (${message})`,
      SUPABASE.pushDatabase,
      options,
    )
  if (status === 0) return unreached(label, message, options)
  const failed = `${label} could not ${what}: ${message}`
  // An edge function refuses what only another key may do, and names it.
  if (error.code === 'REFUSED' && error.hint) return new Failure('REMOTE_FAILED', failed, error.hint, options)
  const check = 'check SUPABASE_URL, the key and the network'
  return new Failure('REMOTE_FAILED', failed, 'nofx doctor', { ...options, check })
}

function chooseStatus({ status, statusCode }: RemoteError): number {
  // Storage answers 400 and puts the intended status into the body.
  const intended = Number(statusCode)
  return Number.isInteger(intended) && intended >= 400 ? intended : (status ?? 0)
}

/** The failure of a request without an answer. supabase-js puts the class of the error before its message. */
function unreached(label: string, message: string, options: { at: string; cause: unknown }): Failure {
  const cause = message.replace(/^(?:[A-Za-z]*Error: )+/, '')
  return new Failure('REMOTE_FAILED', `${label} cannot be reached (${cause})`, UNREACHED, options)
}

/**
 * The failure of a call that may have had its effect.
 * @param mayHave what may have changed, such as `the release`
 */
export function inDoubt(cause: Failure, mayHave: string): Failure {
  return new Failure(
    cause.code,
    `${cause.message}; ${mayHave} may have been published`,
    'run the same command again: a change that was published is not published twice',
    { at: cause.at, cause },
  )
}
