import type { Kind } from '../../contract/kind.ts'
import { nameOf } from '../../contract/name.ts'
import type { StageWatch } from '../progress.ts'
import type { Registry } from '../registry/registry.ts'
import { chunkItems, type StagePart, stageParts } from '../registry/sync.ts'
import type { PackedBundle } from '../tree/bundle.ts'
import { readAhead } from '../tree/read-ahead.ts'
import { locateFolder, type WorkingTree } from '../tree/tree.ts'
import { BATCH, type PackedAhead, type Prepared, type Preparing, prepare } from './prepare.ts'
import type { PlanItem } from './publish-plan.ts'
import { uploadBundles } from './upload.ts'

/** Maximum number of batches between reading and the registry's last answer: while one is packed, others are sent. */
const BATCHES_AT_ONCE = 3
/** Maximum number of definitions that are compressed at once; each takes a quarter of a megabyte meanwhile. */
const COMPRESSED_AT_ONCE = 8
/** A batch ends where its files reach this size, bytes. */
const BATCH_BYTES = 16 * 1024 * 1024

/** What a publish sends, and how. */
export interface Sending {
  items: readonly PlanItem[]
  key: string
  draft?: boolean | undefined
  ahead?: PackedAhead | undefined
}

/** Definitions that are sent together, with the numbers of their stage requests. */
interface SendBatch {
  kind: Kind
  bundles: PackedBundle[]
  parts: StagePart[]
}

/**
 * Uploads the bundles that storage lacks and stages the definitions, some batches at a time. It returns when the
 * registry has acknowledged all of them. After a failure nothing further is begun, and what is under way is waited for.
 * @returns the number of stage requests
 * @throws Failure CONFLICT if a definition has changed since the plan was made; the first failure of a request
 */
export async function sendAll(
  sending: Sending,
  tree: WorkingTree,
  registry: Registry,
  watch: StageWatch,
): Promise<number> {
  const total = sending.items.length
  const stop = new AbortController()
  const signal = AbortSignal.any([watch.signal, stop.signal])
  const batches = packBatches(sending, tree, registry.preview, { ...watch, signal })
  let done = 0
  let parts = 0
  // At once: the loop below ends only when the batch that is being packed is ready.
  const onFailure = (error: unknown) => stop.abort(error)
  const sendBatches = async (): Promise<void> => {
    try {
      for await (const batch of batches) {
        // It may have been compressed while another one failed.
        signal.throwIfAborted()
        await sendBatch(batch, sending, registry, { signal, onFailure }).catch(onFailure)
        signal.throwIfAborted()
        parts += batch.parts.length
        done += batch.bundles.length
        watch.emit({ stage: 'upload', state: 'advanced', done, total })
      }
    } catch (error) {
      stop.abort(error)
    }
  }
  watch.emit({ stage: 'upload', state: 'started', done, total })
  await Promise.all(Array.from({ length: BATCHES_AT_ONCE }, sendBatches))
  signal.throwIfAborted()
  watch.emit({ stage: 'upload', state: 'done', done, total })
  return parts
}

async function sendBatch(
  { kind, bundles, parts }: SendBatch,
  sending: Sending,
  registry: Registry,
  { signal, onFailure }: { signal: AbortSignal; onFailure: (error: unknown) => void },
): Promise<void> {
  await uploadBundles(registry, bundles, signal, { stored: sending.ahead?.stored, onFailure })
  await stageParts(registry, kind.id, sending, parts, signal)
}

/** Packs the definitions in batches, of one kind each. The next batch is packed when someone asks for it. */
async function* packBatches(
  { items, ahead }: Sending,
  tree: WorkingTree,
  preview: string | undefined,
  watch: StageWatch,
): AsyncGenerator<SendBatch> {
  let part = 0
  const toBatch = async (kind: Kind, preparing: readonly Preparing[]): Promise<SendBatch> => {
    const batch = await Promise.all(preparing.map(({ ready }) => ready))
    const chunks = chunkItems(batch.map(({ wire }) => wire))
    const parts = chunks.map((items) => ({ part: part++, items }))
    return { kind, bundles: batch.map(({ packed }) => packed), parts }
  }
  for (const kind of tree.kinds) {
    const ofKind = items.filter((item) => item.kind === kind.id)
    const reading = readAhead(
      tree,
      ofKind.map(({ id }) => locateFolder(tree, kind, id)),
      watch,
    )
    let batch: Preparing[] = []
    for (const item of ofKind) {
      const packedAhead = ahead?.prepared.get(nameOf(item))
      if (!packedAhead) await reading.next()
      batch.push(packedAhead ? isReady(packedAhead) : await prepare(item, kind, tree, preview))
      await batch.at(-COMPRESSED_AT_ONCE)?.ready
      if (!isFull(batch)) continue
      yield await toBatch(kind, batch)
      batch = []
    }
    if (batch.length > 0) yield await toBatch(kind, batch)
  }
}

function isReady(prepared: Prepared): Preparing {
  return { size: prepared.packed.ref.size, ready: Promise.resolve(prepared) }
}

function isFull(batch: readonly Preparing[]): boolean {
  return batch.length === BATCH || batch.reduce((sum, { size }) => sum + size, 0) >= BATCH_BYTES
}
