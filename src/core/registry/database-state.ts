import { Failure } from '../../contract/failure.ts'
import { diskFull, isDiskFull } from '../disk/disk-failure.ts'

const AGAIN = 'run the command again; nothing half-done is visible'
const WHEN_IT_ACCEPTS = 'wait until that server accepts connections, then run the command again'

/** SQLSTATEs by which a database server reports its own state: what happened, and what to do about it. */
const STATES: Readonly<Record<string, readonly [what: string, hint: string]>> = {
  '08': ['the connection to the database was lost', AGAIN],
  '25P03': ['the database server ended an idle transaction', AGAIN],
  '3D000': ['the database does not exist', 'create that database, or name another in NOFX_DATABASE_URL'],
  '53200': [
    'the database server is out of memory',
    'wait until its load is lower, then run the command again',
  ],
  '53300': [
    'the database server has no connection left',
    'wait until other clients end, or raise max_connections on that server',
  ],
  '53': ['the database server is short of resources', 'see its log, then run the command again'],
  '57P01': ['the database server ended the connection', AGAIN],
  '57P02': ['the database server crashed and is starting again', WHEN_IT_ACCEPTS],
  '57P03': ['the database server is starting or stopping', WHEN_IT_ACCEPTS],
  '57P04': ['the database was dropped', 'create that database, or name another in NOFX_DATABASE_URL'],
  '57P05': ['the database server ended an idle connection', AGAIN],
  '58': ['the database server cannot read or write its files', "see that server's log"],
  XX001: ['the database has damaged data', 'restore that database from a backup'],
  XX002: ['the database has a damaged index', 'reindex that database, or restore it from a backup'],
}

/** Network errors, which a driver or `fetch` passes on unchanged. */
const NETWORK =
  /^(ECONNREFUSED|ECONNRESET|ECONNABORTED|EPIPE|ETIMEDOUT|EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|ENETDOWN|ENOTFOUND|EAI_AGAIN|UND_ERR_SOCKET|UND_ERR_CONNECT_TIMEOUT)$/

const codeOf = (error: unknown): string => String((error as { code?: unknown } | null)?.code ?? '')

/** Whether an error concerns the state of a server or of the connection to it, and not the request. */
export function isServerState(error: unknown): boolean {
  return findState(codeOf(error)) !== undefined || isDiskFull(error) || NETWORK.test(codeOf(error))
}

/** Whether PostgreSQL found its own data damaged. */
export function isDamaged(error: unknown): boolean {
  return /^XX00[12]$/.test(codeOf(error))
}

/**
 * The failure for a server in such a state; undefined for every other error.
 * @param name the server's name in messages
 */
export function serverState(error: unknown, name: string): Failure | undefined {
  if (isDiskFull(error)) return diskFull(error, name)
  const code = codeOf(error)
  const state = findState(code) ?? (NETWORK.test(code) ? STATES['08'] : undefined)
  if (!state) return undefined
  const [what, hint] = state
  const { reason = code } = error as { reason?: string }
  return new Failure('REMOTE_FAILED', `${name}: ${what} (${reason})`, hint, { at: name, cause: error })
}

function findState(code: string): readonly [string, string] | undefined {
  return /^[0-9A-Z]{5}$/.test(code) ? (STATES[code] ?? STATES[code.slice(0, 2)]) : undefined
}
