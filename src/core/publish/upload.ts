import type { Registry } from '../registry/registry.ts'
import type { BundleRef } from '../registry/revision.ts'

/** A packed bundle and where it goes. */
export interface PackedBundle {
  ref: BundleRef
  archive: Uint8Array
}

/** Uploads that are under way at once. */
const PARALLEL = 8

/**
 * Uploads the bundles that storage lacks. After a failure nothing new is begun, what is under way is waited for, and a
 * rerun sends only what is still missing.
 * @returns how many were sent
 */
export async function uploadBundles(
  registry: Registry,
  bundles: readonly PackedBundle[],
  signal: AbortSignal,
): Promise<number> {
  const stored = await registry.stored(bundles.map((bundle) => bundle.ref))
  const missing = bundles.filter((bundle) => !stored.has(bundle.ref.path))
  let next = 0
  const work = async (): Promise<void> => {
    for (let bundle = missing[next++]; bundle; bundle = missing[next++]) {
      try {
        signal.throwIfAborted()
        await registry.upload(bundle.ref, bundle.archive)
      } catch (error) {
        next = missing.length
        throw error
      }
    }
  }
  const results = await Promise.allSettled(Array.from({ length: PARALLEL }, work))
  const failed = results.find((result) => result.status === 'rejected')
  if (failed) throw failed.reason
  return missing.length
}
