import { openDataFolder } from '../../../src/cloud/embedded/database/data-folder.ts'
import type { Session } from '../../../src/cloud/embedded/database/database.ts'
import { openPglite } from '../../../src/cloud/embedded/database/pglite-database.ts'
import { openPostgres } from '../../../src/cloud/embedded/database/postgres-database.ts'
import { openEmbedded } from '../../../src/cloud/embedded/open-embedded.ts'
import type { Registry } from '../../../src/core/registry/registry.ts'
import { agents } from '../../../src/plugins/agents/kind.ts'

/** Where a registry is: in `.nofx/` of a folder, or on a server of which the folder holds the keys. */
export interface RegistryPlace {
  root: string
  databaseUrl?: string
}

/** Writes into a registry that is not served. */
export async function whileStopped(
  place: RegistryPlace,
  work: (registry: Registry) => Promise<unknown>,
): Promise<void> {
  const registry = await openEmbedded({ ...place, kinds: [agents] })
  try {
    await work(registry)
  } finally {
    await registry.close()
  }
}

/**
 * Changes rows of a registry that is not served as no client of it could: the history refuses changes to everybody but
 * the owner of the database.
 */
export async function editRows(
  { root, databaseUrl }: RegistryPlace,
  work: (session: Session) => Promise<unknown>,
): Promise<void> {
  const folder = openDataFolder(root)
  const fail = (error: unknown) => {
    throw error
  }
  const database = databaseUrl
    ? await openPostgres(databaseUrl, folder.serverCache, fail)
    : await openPglite(folder, fail)
  const session = await database.session()
  try {
    await session.run('set session_replication_role = replica')
    await work(session)
  } finally {
    await session.end()
    await database.close()
  }
}
