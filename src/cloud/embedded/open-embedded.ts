import { createRequire } from 'node:module'
import type { YamlLibrary } from '../../core/contract/yaml-text.ts'
import type { Kind } from '../../core/kind.ts'
import type { Registry } from '../../core/registry.ts'
import { createSyncHandler } from '../../edge/sync-handler.ts'
import { createRegistry } from '../supabase-registry.ts'
import { type CloudOptions, openCloud } from './open-cloud.ts'
import { publicName } from './postgres-database.ts'

export interface EmbeddedOptions extends CloudOptions {
  kinds: readonly Kind[]
}

/**
 * The embedded cloud as a registry. The edge function's handler answers in this process, through the requests and
 * responses that HTTP would carry.
 * @throws Failure as `openCloud`
 */
export async function openEmbedded({ kinds, ...options }: EmbeddedOptions): Promise<Registry> {
  const cloud = await openCloud(options)
  const handle = createSyncHandler({
    kinds,
    rpc: async (name, args) => cloud.client.rpc(name, args),
    yaml: () => createRequire(import.meta.url)('yaml') as YamlLibrary,
  })
  return createRegistry({
    client: cloud.client,
    label: options.databaseUrl ? `embedded ${publicName(options.databaseUrl)}` : 'embedded .nofx',
    callFunction: handle,
    onClose: cloud.close,
  })
}
