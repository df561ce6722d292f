import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { Failure } from '../../../contract/failure.ts'
import { quoteWord } from '../../../contract/text/quote-word.ts'

/** The paths inside `<root>/.nofx/`. */
export interface DataFolder {
  path: string
  lock: string
  keys: string
  /** PGlite's data directory; it exists only once it is complete. */
  database: string
  /** A new data directory is built here, then renamed to `database`. */
  partial: string
  storage: string
  schemaCache: string
  /** The schema cache for a database server (`NOFX_DATABASE_URL`). */
  serverCache: string
  /** What the database answered last, while it stays as it is: see `AtRest`. */
  note: string
}

/** The paths of the embedded cloud under `root`, where it may be missing. */
export function locateDataFolder(root: string): DataFolder {
  const path = join(root, '.nofx')
  return {
    path,
    lock: join(path, 'lock'),
    keys: join(path, 'keys.json'),
    database: join(path, 'db'),
    partial: join(path, 'db.partial'),
    storage: join(path, 'storage'),
    schemaCache: join(path, 'schema-cache.json'),
    serverCache: join(path, 'server-schema-cache.json'),
    note: join(path, 'at-rest'),
  }
}

/**
 * The embedded cloud's folder under `root`, created when it is missing, with a `.gitignore` that keeps it out of git.
 * @throws Failure EMBEDDED_CORRUPT when something other than a folder is in its place
 */
export function openDataFolder(root: string): DataFolder {
  const folder = locateDataFolder(root)
  const { path } = folder
  for (const directory of [path, folder.storage]) makeDirectory(directory, folder)
  const ignore = join(path, '.gitignore')
  if (!existsSync(ignore)) writeFileSync(ignore, '*\n')
  return folder
}

function makeDirectory(directory: string, folder: DataFolder): void {
  const stats = statSync(directory, { throwIfNoEntry: false })
  if (stats?.isDirectory()) return
  if (stats) throw corrupt(folder, `"${directory}" is not a folder`, directory)
  mkdirSync(directory, { recursive: true, mode: 0o700 })
}

/**
 * Whether the folder has a database. The remains of an interrupted first open are removed: they were never used.
 * Call only while holding the lock.
 * @throws Failure EMBEDDED_CORRUPT when the folder exists but holds no database
 */
export function hasDatabase(folder: DataFolder): boolean {
  rmSync(folder.partial, { recursive: true, force: true })
  const stats = statSync(folder.database, { throwIfNoEntry: false })
  if (!stats) return false
  if (!stats.isDirectory()) throw corrupt(folder, `"${folder.database}" is not a folder`, folder.database)
  const names = new Set(readdirSync(folder.database))
  const missing = ['PG_VERSION', 'base', 'global', 'pg_wal', 'pg_xact'].find((name) => !names.has(name))
  if (missing) throw corrupt(folder, `"${join(folder.database, missing)}" is missing`, folder.database)
  return true
}

/** The path, with a number if an earlier folder is there: `mv` would move into it. */
function freePath(path: string): string {
  for (let at = 2, free = path; ; free = `${path}-${at++}`) if (!existsSync(free)) return free
}

/** Nothing is deleted: the hint moves the folder aside, and a publish from git fills a new one. */
export function corrupt(folder: DataFolder, message: string, at: string, cause?: unknown): Failure {
  const aside =
    process.platform === 'win32'
      ? `ren ${JSON.stringify(folder.path)} ${basename(freePath(`${folder.path}.broken`))}`
      : `mv ${quoteWord(folder.path)} ${quoteWord(freePath(`${folder.path}.broken`))}`
  return new Failure('EMBEDDED_CORRUPT', message, `set it aside and publish again: ${aside}`, { at, cause })
}
