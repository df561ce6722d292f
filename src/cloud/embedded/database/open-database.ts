import type { DataFolder } from './data-folder.ts'
import type { Database } from './database.ts'
import type { PgliteClient } from './pglite-client.ts'

/**
 * Opens the database of an embedded cloud; what it needs is loaded then.
 * @param on the thread of PGlite, or the URL of a server
 * @param onError called with every error below lite, in the context of the request that caused it
 */
export async function openDatabase(
  folder: DataFolder,
  on: PgliteClient | string,
  onError: (error: unknown) => void,
): Promise<Database> {
  if (typeof on === 'string')
    return (await import('./postgres-database.ts')).openPostgres(on, folder.serverCache, onError)
  return (await import('./pglite-database.ts')).openPglite(folder, onError, on)
}
