import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Registry } from '../../../core/registry/registry.ts'
import type { BundleRef } from '../../../core/registry/revision.ts'
import type { NewObject, StoreObjects } from './store-objects.ts'

const BUCKET = 'registry'
/** Maximum number of bundles in a transaction. */
export const MOST_IN_BATCH = 100

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
  let isStoring = false
  const storeWaiting = async (): Promise<void> => {
    if (isStoring) return
    isStoring = true
    // Callers that were answered together send their next bundles together.
    await nextTurn()
    const batch = waiting.splice(0, MOST_IN_BATCH)
    const archives = new Map(batch.map(({ bundle, archive }) => [bundle.path, archive]))
    const stored = await store(BUCKET, Array.from(archives, newObject)).catch(() => new Set<string>())
    isStoring = false
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

/** As the client of storage sends a bundle. */
function newObject([name, bytes]: [string, Uint8Array]): NewObject {
  return { name, bytes, contentType: 'application/gzip', cacheControl: 'max-age=31536000' }
}
