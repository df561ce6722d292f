import { AsyncLocalStorage } from 'node:async_hooks'
import { statfsSync } from 'node:fs'
import { Failure } from '../../../contract/failure.ts'
import { withoutKeys } from '../../../contract/text/without-keys.ts'
import { diskFull, isDiskFull } from '../../../core/disk/disk-failure.ts'
import { isDamaged, serverState } from '../../../core/registry/database-state.ts'
import { publicName } from '../postgres/server-name.ts'
import { corrupt, type DataFolder } from './data-folder.ts'

const SQLSTATE = /^[0-9A-Z]{5}$/
/** The names of errors by which WebAssembly reports that PostgreSQL ended itself. */
const CRASHES = new Set(['RuntimeError', 'ExitStatus', 'ErrnoError'])
/** What to check when the embedded cloud fails in a way that has no name. */
const CHECK_DATABASE = 'check the server that NOFX_DATABASE_URL names, or the disk of .nofx/'
const noRoom = (cause: unknown) => diskFull(cause, '.nofx')

/** The size of PostgreSQL's log segments, bytes; with less free space the server may not even start. */
const SEGMENT = 16 * 1024 * 1024

const isOutOfRoom = ({ path }: DataFolder): boolean => {
  const { bavail, bsize } = statfsSync(path)
  return bavail * bsize < SEGMENT
}

const codeOf = (error: unknown): string => String((error as { code?: unknown } | null)?.code ?? '')

/** A request that is being answered, and what failed below it. */
interface Answering {
  by: DatabaseTrouble
  failure?: Failure
}

/**
 * One for all clouds of a process: up to Node.js 22 each of these slows every promise of the process from its first use
 * to the end, also when its cloud is closed.
 */
const requests = new AsyncLocalStorage<Answering>()

/**
 * Errors below lite during a request, such as a lost connection, a full disk or damaged data. lite's answer contains
 * only that the request failed.
 */
export class DatabaseTrouble {
  private readonly translate: (error: unknown) => Failure | undefined

  /** @param translate makes the failure of an error; undefined for an error that the request itself caused */
  constructor(translate: (error: unknown) => Failure | undefined) {
    this.translate = translate
  }

  /** Records an error for the request in whose context it occurs. */
  readonly note = (error: unknown): void => {
    const request = requests.getStore()
    if (request?.by === this) request.failure ??= this.translate(error)
  }

  /**
   * Answers a request; if it failed because of a recorded error, with that error.
   * @param guard throws what keeps the request from being worked on at all
   * @throws Failure for requests to storage: its client drops the hint of an answer, but not the failure of a call
   */
  async answer(request: Request, work: () => Promise<Response>, guard: () => void): Promise<Response> {
    const answering: Answering = { by: this }
    const response = await requests
      .run(answering, () => this.guarded(work, guard))
      .catch((error: unknown) => {
        throw answering.failure ?? error
      })
    const { failure } = answering
    if (!failure || response.status < 400) return response
    if (new URL(request.url).pathname.startsWith('/storage/')) throw failure
    return unanswered(failure)
  }

  /**
   * Does work that no request asks for.
   * @throws Failure for every error of the work; also what `guard` throws
   */
  async during<T>(work: () => Promise<T>, guard: () => void): Promise<T> {
    guard()
    try {
      return await work()
    } catch (error) {
      const { message } = error as Error
      throw (
        this.translate(error) ??
        new Failure('REMOTE_FAILED', message, 'nofx doctor', { check: CHECK_DATABASE, cause: error })
      )
    }
  }

  private async guarded(work: () => Promise<Response>, guard: () => void): Promise<Response> {
    try {
      guard()
    } catch (error) {
      this.note(error)
      return new Response(null, { status: 503 })
    }
    return work()
  }
}

/** A failure as PostgREST would answer it: 503, or 507 for a full disk. */
function unanswered({ code, message, hint }: Failure): Response {
  const status = code === 'DISK_FULL' ? 507 : 503
  return Response.json({ code, message, hint, details: null }, { status })
}

/** The failure for an error of PGlite during a request; undefined for an error that the caller caused. */
export function pgliteTrouble(error: unknown, folder: DataFolder): Failure | undefined {
  if (error instanceof Failure) return error
  if (isDiskFull(error)) return noRoom(error)
  const { name, message } = error as Error
  if (!isDamaged(error) && !CRASHES.has(name)) return undefined
  const reason = `the database in "${folder.database}" is damaged (${message})`
  return corrupt(folder, reason, folder.database, error)
}

/** The failure for an error of PGlite while it is opened and prepared. */
export function pgliteFailure(error: unknown, folder: DataFolder): unknown {
  if (error instanceof Failure) return error
  if (isDiskFull(error) || isOutOfRoom(folder)) return noRoom(error)
  const { name, message } = error as Error
  const ofDatabase = SQLSTATE.test(codeOf(error)) || CRASHES.has(name)
  if (!ofDatabase && !/PGlite|initdb/i.test(message)) return error
  const { database } = folder
  return corrupt(folder, `the database in "${database}" cannot be opened`, database, error)
}

/** The failure for an error of the server while it is prepared. */
export function serverFailure(error: unknown, databaseUrl: string): unknown {
  const code = codeOf(error)
  if (error instanceof Failure) return error
  const name = publicName(databaseUrl)
  const state = serverState(error, name)
  if (state || !SQLSTATE.test(code)) return state ?? error
  const denied = code === '42501' || code.startsWith('28')
  const message = `${name}: ${withoutKeys((error as Error).message)}`
  const options = { at: name, cause: error }
  if (denied) {
    const hint = 'let the user of NOFX_DATABASE_URL own the database and create roles'
    return new Failure('REMOTE_DENIED', message, hint, options)
  }
  const check = 'check the server that NOFX_DATABASE_URL names'
  return new Failure('REMOTE_FAILED', message, `${check}, then: nofx doctor`, { ...options, check })
}

/** The failure for a database that was created by other migrations than ours. */
export function registryOfEarlier(folder: DataFolder, databaseUrl: string | undefined): Failure {
  const what = 'has the registry of an earlier NOFX, which cannot be migrated; nothing was changed'
  if (!databaseUrl) return corrupt(folder, `"${folder.database}" ${what}`, folder.database)
  return new Failure(
    'CONFIG',
    `the database ${publicName(databaseUrl)} ${what}`,
    'name an empty database in NOFX_DATABASE_URL, and publish again: nofx registry publish',
  )
}

/** The failure for an error while the database is in use. */
export function explainTrouble(
  error: unknown,
  folder: DataFolder,
  databaseUrl: string | undefined,
): Failure | undefined {
  return databaseUrl ? serverState(error, publicName(databaseUrl)) : pgliteTrouble(error, folder)
}
