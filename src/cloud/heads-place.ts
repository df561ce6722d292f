import { BUILD_ID } from '../core/cache/build-id.ts'
import { findCacheFolder } from '../core/cache/cache-folder.ts'
import type { HeadsPlace } from '../core/registry/kept-heads.ts'

/**
 * Where the commands of a project keep the heads that one reader of a registry sees; undefined for sources without a
 * build, and for a project without a folder for caches.
 * @param root the project's folder; undefined for programs that keep nothing
 * @param reader the registry, and the caller's role there; no password, and no key
 */
export function findHeadsPlace(
  root: string | undefined,
  reader: readonly string[],
  build = BUILD_ID,
): HeadsPlace | undefined {
  const folder = root === undefined || build === undefined ? undefined : findCacheFolder(root)
  return folder === undefined || build === undefined ? undefined : { folder, build, reader }
}
