import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Registry } from '../../../core/registry/registry.ts'
import type { BundleRef } from '../../../core/registry/revision.ts'
import type { NewObject, StoreObjects } from './store-objects.ts'

export const BUCKET = 'registry'
/** Maximum number of bundles in a transaction. */
export const MOST_IN_BATCH = 100
/** Maximum size of the bundles in a transaction, unless one alone is larger. */
const MOST_BYTES = 8 * 1024 * 1024
/** Maximum number of transactions at once: while the server stores one, the next one is sent. */
const MOST_BATCHES = 2

interface Waiting {
  bundle: BundleRef
  archive: Uint8Array
  settle: (result: Promise<void> | undefined) => void
}

/**
 * An upload that stores all bundles that wait for the same transaction together. Bundles that are not stored in this way
 * are uploaded one by one: `upload` says why one is refused, and repairs an object that has other bytes.
 */
export function uploadInBatches(store: StoreObjects, upload: Registry['upload']): Registry['upload'] {
  const waiting: Waiting[] = []
  let isCollecting = false
  let storing = 0
  const storeWaiting = async (): Promise<void> => {
    if (isCollecting || storing === MOST_BATCHES) return
    isCollecting = true
    // Callers that were answered together send their next bundles together.
    await nextTurn()
    isCollecting = false
    storing++
    const batch = takeBatch(waiting)
    if (waiting.length > 0) void storeWaiting()
    const archives = new Map(batch.map(({ bundle, archive }) => [bundle.path, archive]))
    const stored = await store(BUCKET, Array.from(archives, newObject)).catch(() => new Map<string, string>())
    storing--
    for (const { bundle, archive, settle } of batch) {
      const isDone = stored.has(bundle.path) && archives.get(bundle.path) === archive
      settle(isDone ? undefined : upload(bundle, archive))
    }
    if (waiting.length > 0) await storeWaiting()
  }
  return (bundle, archive) =>
    new Promise((resolve) => {
      waiting.push({ bundle, archive, settle: resolve })
      void storeWaiting()
    })
}

/** Removes the bundles of the next transaction from those that wait: as many as it may have, and at least one. */
function takeBatch(waiting: Waiting[]): Waiting[] {
  let size = 0
  const end = waiting.findIndex(({ archive }, at) => {
    size += archive.length
    return at > 0 && (at === MOST_IN_BATCH || size > MOST_BYTES)
  })
  return waiting.splice(0, end < 0 ? waiting.length : end)
}

/** As the client of storage sends a bundle. */
function newObject([name, bytes]: [string, Uint8Array]): NewObject {
  return { name, bytes, contentType: 'application/gzip', cacheControl: 'max-age=31536000' }
}
