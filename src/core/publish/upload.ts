import type { Registry } from '../registry/registry.ts'
import type { PackedBundle } from '../tree/bundle.ts'

/** What is known of the bundles, and who wants to know of a failure. */
export interface UploadOptions {
  /** The paths that storage has, if it was asked already. */
  stored?: ReadonlySet<string> | undefined
  /** Called at the first failure, while other uploads are still under way. */
  onFailure?: (error: unknown) => void
}

/** Maximum number of concurrent uploads, unless the registry has its own. */
const PARALLEL = 8

/**
 * Uploads the bundles that storage lacks. After a failure no further upload starts; a repeated run sends only the
 * missing parts.
 * @returns the number of bundles sent
 */
export async function uploadBundles(
  registry: Registry,
  bundles: readonly PackedBundle[],
  signal: AbortSignal,
  { stored, onFailure }: UploadOptions = {},
): Promise<number> {
  const storedPaths = stored ?? (await registry.stored(bundles.map((bundle) => bundle.ref)))
  const missing = bundles.filter((bundle) => !storedPaths.has(bundle.ref.path))
  let next = 0
  const work = async (): Promise<void> => {
    for (let bundle = missing[next++]; bundle; bundle = missing[next++]) {
      try {
        signal.throwIfAborted()
        await registry.upload(bundle.ref, bundle.archive)
      } catch (error) {
        next = missing.length
        onFailure?.(error)
        throw error
      }
    }
  }
  const results = await Promise.allSettled(Array.from({ length: registry.uploadsAtOnce ?? PARALLEL }, work))
  const failed = results.find((result) => result.status === 'rejected')
  if (failed) throw failed.reason
  return missing.length
}
