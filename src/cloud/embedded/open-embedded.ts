import { createRequire } from 'node:module'
import type { Kind } from '../../contract/kind.ts'
import type { YamlLibrary } from '../../contract/manifest/yaml-text.ts'
import { eventsSecrets } from '../../contract/protocol/events-secrets.ts'
import { BUILD_ID } from '../../core/cache/build-id.ts'
import { findHeadsPlace, type HeadsPlace, readKnownPlaces } from '../../core/registry/kept-heads.ts'
import type { Registry } from '../../core/registry/registry.ts'
import { createPreviewHandler } from '../../edge/handlers/preview-handler.ts'
import { originIn, removeWith } from '../../edge/handlers/preview-storage.ts'
import { createReportHandler } from '../../edge/handlers/report-handler.ts'
import { storeWith } from '../../edge/handlers/report-storage.ts'
import { createSyncHandler } from '../../edge/handlers/sync-handler.ts'
import type { Rpc } from '../../edge/http/rpc.ts'
import type { WatchHeads } from '../registry/head-reads.ts'
import { createRegistry } from '../registry/supabase-registry.ts'
import { AtRest } from './database/at-rest.ts'
import { stagingDirectly } from './database/stage-rows.ts'
import { EMBEDDED_LABEL } from './open-at-rest.ts'
import { type Cloud, type CloudOptions, openCloud } from './open-cloud.ts'
import { serverLabel } from './open-on-server.ts'
import { BUCKET, MOST_IN_BATCH, uploadInBatches } from './storage/upload-in-batches.ts'

export interface EmbeddedOptions extends CloudOptions {
  kinds: readonly Kind[]
  build?: string | undefined
}

/**
 * The registry port over the embedded cloud.
 * @throws Failure as `openCloud`
 */
export async function openEmbedded({
  kinds,
  build = BUILD_ID,
  ...options
}: EmbeddedOptions): Promise<Registry> {
  const { root, databaseUrl } = options
  const label = databaseUrl ? serverLabel(databaseUrl) : EMBEDDED_LABEL
  const keepHeads = findHeadsPlace(root, [label], build)
  const atRest = keepHeads && !databaseUrl ? new AtRest(keepHeads.build) : undefined
  const cloud = await openCloud({ ...options, atRest })
  const registry = createEmbeddedRegistry(cloud, kinds, label, keepHeads, atRest && noteIn(atRest, cloud))
  if (!keepHeads || !atRest) return registry
  const close = async () => {
    await askAgain(registry, cloud, keepHeads, atRest)
    await registry.close()
  }
  return { ...registry, close }
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
  watchHeads?: WatchHeads,
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
    watchHeads,
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
  return withBatches(registry, cloud)
}

/** Notes each answer with what the database was before the question. */
function noteIn(atRest: AtRest, { readState }: Cloud): WatchHeads | undefined {
  if (!readState) return undefined
  const noted = async <Answer>(ask: () => Promise<Answer>, add: (state: string, answer: Answer) => void) => {
    const state = await readState()
    const answer = await ask()
    add(state, answer)
    return answer
  }
  return {
    since: (events, ask) => noted(ask, (state, answer) => atRest.add(state, events, answer)),
    sums: (ask) => noted(ask, (state, answer) => atRest.addSums(state, answer)),
  }
}

/** Where none are kept, so many heads are read at the end of a command for the next one. */
const MOST_READ_AT_END = 200

/** After a write, asks once more what the next command will ask. */
async function askAgain(
  registry: Registry,
  { readState }: Cloud,
  keepHeads: HeadsPlace,
  atRest: AtRest,
): Promise<void> {
  try {
    const kinds = atRest.lateKinds((await readState?.()) ?? '')
    if (kinds.length === 0) return
    await registry.headsApart(kinds.map((kind) => ({ kind })))
    const events = readKnownPlaces(keepHeads, kinds)
    const kindsWithEvent = kinds.filter((kind) => events.get(kind) !== undefined)
    const kindsToRead = atRest.count(kinds) > MOST_READ_AT_END ? kindsWithEvent : kinds
    if (kindsToRead.length === 0) return
    const answer = await registry.askForHeads(...kindsToRead)
    if (kindsToRead.length > kindsWithEvent.length) await answer.read()
  } catch {
    // The next command opens the database.
  }
}

/**
 * The registry, and its previews, with uploads in batches and downloads that are one statement; lite has four for each.
 * What cannot be found directly goes the usual way, which knows why.
 */
function withBatches(
  registry: Registry,
  cloud: Pick<Cloud, 'findStored' | 'storeObjects' | 'readObject'>,
): Registry {
  const { preview, stored, upload, download } = registry
  const readDirectly = (path: string) => cloud.readObject(BUCKET, path).catch(() => undefined)
  return {
    ...registry,
    // A preview also has what production has.
    stored: preview === undefined ? (all) => cloud.findStored(all).catch(() => stored(all)) : stored,
    download: async (path) => (await readDirectly(path)) ?? download(path),
    upload: uploadInBatches(cloud.storeObjects, upload),
    uploadsAtOnce: MOST_IN_BATCH,
    inPreview: (name) => withBatches(registry.inPreview(name), cloud),
  }
}
