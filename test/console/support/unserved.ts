import { openDataFolder } from '../../../src/cloud/embedded/database/data-folder.ts'
import type { Session } from '../../../src/cloud/embedded/database/database.ts'
import { openPglite } from '../../../src/cloud/embedded/database/pglite-database.ts'
import { openPostgres } from '../../../src/cloud/embedded/database/postgres-database.ts'
import { openCloud } from '../../../src/cloud/embedded/open-cloud.ts'
import { createEmbeddedRegistry } from '../../../src/cloud/embedded/open-embedded.ts'
import type { Registry } from '../../../src/core/registry/registry.ts'
import { agents } from '../../../src/plugins/agents/kind.ts'

/** Where a registry is: the folder with `.nofx/`, and its database unless that is in the folder, too. */
export interface Place {
  root: string
  databaseUrl?: string
}

/** Writes into a registry that is not served. */
export async function withRegistry(
  place: Place,
  work: (registry: Registry) => Promise<unknown>,
): Promise<void> {
  const cloud = await openCloud(place)
  await work(createEmbeddedRegistry(cloud, [agents], 'test')).finally(cloud.close)
}

/** Writes into the database of a registry that is not served, as its superuser. */
export async function withDatabase(
  { root, databaseUrl }: Place,
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
  await work(session)
    .finally(session.end)
    .finally(() => database.close())
}
