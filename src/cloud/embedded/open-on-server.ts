import { existsSync } from 'node:fs'
import { findHeadsPlace } from '../../core/registry/kept-heads.ts'
import type { Registry } from '../../core/registry/registry.ts'
import { checkApart, readApart } from '../registry/heads-apart.ts'
import { locateDataFolder } from './database/data-folder.ts'
import { createLateRegistry } from './late-registry.ts'
import { publicName } from './postgres/server-name.ts'
import { MOST_IN_BATCH } from './storage/upload-in-batches.ts'

/** A registry on a PostgreSQL server, in messages. */
export function serverLabel(databaseUrl: string): string {
  return `embedded ${publicName(databaseUrl)}`
}

/**
 * The registry on a PostgreSQL server that an earlier command opened from here. What a commit and the registry have in
 * common is asked on a connection of its own, before the REST interface is loaded: a publish without changes needs
 * nothing else. Every other call opens the registry, and so does this question if it fails for any reason. Undefined for a
 * server that no command of this project has opened yet.
 * @param open opens the same registry
 * @param build identifies this build of nofx, unless it is the one that runs
 */
export function openOnServer(
  { root, databaseUrl }: { root: string; databaseUrl: string },
  open: () => Promise<Registry>,
  build?: string,
): Registry | undefined {
  if (!existsSync(locateDataFolder(root).serverCache)) return undefined
  const label = serverLabel(databaseUrl)
  const late = createLateRegistry({ label, uploadsAtOnce: MOST_IN_BATCH }, open)
  const keep = findHeadsPlace(root, [label], build)
  const headsApart: Registry['headsApart'] = async (kinds) => {
    const { askServer } = await import('./database/ask-server.ts')
    const data = await askServer(databaseUrl, kinds).catch(() => undefined)
    return data === undefined
      ? late.headsApart(kinds)
      : readApart({ label, keep }, kinds, checkApart(label, kinds, data))
  }
  return { ...late, headsApart }
}
