import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Keys } from '../../../src/cloud/embedded/keys.ts'
import type { Kind } from '../../../src/contract/kind.ts'
import type { Registry } from '../../../src/core/registry/registry.ts'
import { serveDev } from '../../../src/dev/serve-dev.ts'
import { agents } from '../../../src/plugins/agents/kind.ts'
import { templates } from '../../../src/plugins/templates/kind.ts'
import { type Packed, publish, resultOf } from '../../cloud/support/definitions.ts'
import { temporaryRoot } from '../../cloud/support/temporary-folder.ts'
import { openedDatabase } from '../../harness/cloud-database.ts'

/** The registry that `nofx dev` serves, with a publisher's access to it. */
export interface ServedRegistry {
  /** The folder whose `.nofx/` it uses. */
  root: string
  url: string
  keys: Keys
  registry: Registry
  close(): Promise<void>
}

/** On a database of its own unless one is given; with the kinds of plugins, if any. */
export async function serveRegistry(
  databaseUrl?: string,
  others: readonly Kind[] = [],
): Promise<ServedRegistry> {
  const { path: root, remove } = temporaryRoot()
  const own = databaseUrl ? undefined : await openedDatabase()
  const server = await serveDev({
    root,
    kinds: [agents, templates, ...others],
    port: 0,
    databaseUrl: databaseUrl ?? own?.url,
    log: () => {},
  })
  const keys = readKeys(root)
  const close = async () => {
    await server.close()
    await own?.drop()
    remove()
  }
  return { root, url: server.url, keys, registry: server.registry, close }
}

/** The keys of the embedded cloud under `root`. */
export function readKeys(root: string): Keys {
  return JSON.parse(readFileSync(join(root, '.nofx/keys.json'), 'utf8')) as Keys
}

/** Publishes definitions, whatever their current versions; ids may be removed as well. */
export async function release(
  registry: Registry,
  packed: readonly Packed[],
  removed: readonly string[] = [],
) {
  const versionOf = async (id: string) => (await registry.head('agents', id))?.latestVersion ?? 0
  const expected: Packed[] = []
  for (const { item, archive } of packed)
    expected.push({ archive, item: { ...item, expectedVersion: await versionOf(item.id) } })
  const removals = []
  for (const id of removed) removals.push({ kind: 'agents', id, expectedVersion: await versionOf(id) })
  return resultOf(await publish(registry, expected, { removals }))
}
