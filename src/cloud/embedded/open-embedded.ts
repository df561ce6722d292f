import { createRequire } from 'node:module'
import type { Kind } from '../../contract/kind.ts'
import type { YamlLibrary } from '../../contract/manifest/yaml-text.ts'
import { findHeadsPlace, type HeadsPlace } from '../../core/registry/kept-heads.ts'
import type { Registry } from '../../core/registry/registry.ts'
import { createPreviewHandler } from '../../edge/handlers/preview-handler.ts'
import { originIn, removeWith } from '../../edge/handlers/preview-storage.ts'
import { createReportHandler } from '../../edge/handlers/report-handler.ts'
import { storeWith } from '../../edge/handlers/report-storage.ts'
import { createSyncHandler } from '../../edge/handlers/sync-handler.ts'
import type { Rpc } from '../../edge/http/rpc.ts'
import { eventsSecrets } from '../registry/events-secrets.ts'
import { createRegistry } from '../registry/supabase-registry.ts'
import { stagingDirectly } from './database/stage-rows.ts'
import { type Cloud, type CloudOptions, openCloud } from './open-cloud.ts'
import { publicName } from './postgres/server-name.ts'
import type { StoreObjects } from './storage/store-objects.ts'
import { MOST_IN_BATCH, uploadInBatches } from './storage/upload-in-batches.ts'

export interface EmbeddedOptions extends CloudOptions {
  kinds: readonly Kind[]
}

/**
 * The registry port over the embedded cloud.
 * @throws Failure as `openCloud`
 */
export async function openEmbedded({ kinds, ...options }: EmbeddedOptions): Promise<Registry> {
  const cloud = await openCloud(options)
  const label = options.databaseUrl ? `embedded ${publicName(options.databaseUrl)}` : 'embedded .nofx'
  const keepHeads = findHeadsPlace(options.root, [label])
  return createEmbeddedRegistry(cloud, kinds, label, keepHeads)
}

/**
 * The registry port over an open cloud; closing the registry closes the cloud. The edge function's handler runs in this
 * process, with the requests and responses that HTTP would carry.
 */
export function createEmbeddedRegistry(
  cloud: Cloud,
  kinds: readonly Kind[],
  label: string,
  keepHeads?: HeadsPlace,
): Registry {
  const { client, close } = cloud
  const rpc: Rpc = async (name, args) => client.rpc(name, args)
  const files = { store: storeWith(client), remove: removeWith(client) }
  const handle = createSyncHandler({
    kinds,
    rpc: stagingDirectly(rpc, cloud.stageRows),
    remove: files.remove,
    yaml: () => createRequire(import.meta.url)('yaml') as YamlLibrary,
  })
  const registry = createRegistry({
    client,
    clientIn: cloud.clientIn,
    label,
    keepHeads,
    callFunction: handle,
    storageFetch: (path, init) => {
      const headers = { apikey: cloud.keys.secret, authorization: `Bearer ${cloud.keys.secret}` }
      return cloud.fetch(`http://embedded.localhost${path}`, { ...init, headers })
    },
    readSizes: cloud.readSizes,
    callForwarder: async (request) => {
      const { createLocalForwarder: forwarderOf } = await import('./forwarder.ts')
      return forwarderOf(cloud, { secrets: eventsSecrets(process.env) })(request)
    },
    callPreviews: createPreviewHandler({ rpc, ...files, originOf: originIn(client) }),
    callReports: createReportHandler({ rpc, ...files }),
    onClose: close,
  })
  return withBatches(registry, cloud.storeObjects)
}

/** The registry, and its previews, with uploads in batches. */
function withBatches(registry: Registry, store: StoreObjects): Registry {
  return {
    ...registry,
    upload: uploadInBatches(store, registry.upload),
    uploadsAtOnce: MOST_IN_BATCH,
    inPreview: (name) => withBatches(registry.inPreview(name), store),
  }
}
