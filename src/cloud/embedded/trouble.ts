import { statfsSync } from 'node:fs'
import { diskFull, isDiskFull } from '../../core/disk-failure.ts'
import { Failure } from '../../core/failure.ts'
import { withoutKeys } from '../without-keys.ts'
import { corrupt, type DataFolder } from './data-folder.ts'
import { publicName } from './postgres-database.ts'

const SQLSTATE = /^[0-9A-Z]{5}$/
const noRoom = (cause: unknown) => diskFull(cause, '.nofx')

/** PostgreSQL writes its log in segments of this size, bytes; with less room than that it may not even start. */
const SEGMENT = 16 * 1024 * 1024

const isOutOfRoom = ({ path }: DataFolder): boolean => {
  const { bavail, bsize } = statfsSync(path)
  return bavail * bsize < SEGMENT
}

const codeOf = (error: unknown): string => String((error as { code?: unknown } | null)?.code ?? '')

/** Keeps the reason of a failed write until the answer that only says that it failed. */
export class DiskTrouble {
  private full: unknown

  note(error: unknown): void {
    if (isDiskFull(error)) this.full = error
  }

  /** @throws Failure DISK_FULL when that is why a request failed */
  raise(): void {
    const { full } = this
    this.full = undefined
    if (full !== undefined) throw noRoom(full)
  }
}

/** What an error of PGlite, while it is opened and prepared, means for people. */
export function pgliteFailure(error: unknown, folder: DataFolder): unknown {
  if (error instanceof Failure) return error
  if (isDiskFull(error) || isOutOfRoom(folder)) return noRoom(error)
  const { name, message } = error as Error
  const ofDatabase = SQLSTATE.test(codeOf(error)) || name === 'RuntimeError' || name === 'ErrnoError'
  if (!ofDatabase && !/PGlite|initdb/i.test(message)) return error
  const { database } = folder
  return corrupt(folder, `the database in "${database}" cannot be opened`, database, error)
}

/** What an error of the server, while it is prepared, means for people. */
export function serverFailure(error: unknown, databaseUrl: string): unknown {
  const code = codeOf(error)
  if (error instanceof Failure || !SQLSTATE.test(code)) return error
  const denied = code === '42501' || code.startsWith('28')
  const hint = denied
    ? 'let the user of NOFX_DATABASE_URL own the database and create roles'
    : 'check the server that NOFX_DATABASE_URL names, then: nofx doctor'
  const name = publicName(databaseUrl)
  const message = `${name}: ${withoutKeys((error as Error).message)}`
  return new Failure(denied ? 'REMOTE_DENIED' : 'REMOTE_FAILED', message, hint, { at: name, cause: error })
}
