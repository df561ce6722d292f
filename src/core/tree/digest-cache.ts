import { join } from 'node:path'
import { BUILD_ID } from '../cache/build-id.ts'
import { type CacheFile, readCache, writeCache } from '../cache/cache-file.ts'
import type { DefinitionFolder } from './collect.ts'

/** Lines are kept for definitions of other commits until there are this many times as many as in the last one. */
const MOST_TIMES = 3

/**
 * The digests of definitions that an earlier command read from git's objects. git names objects by their content, so a
 * digest stays true as long as the definition has the same objects.
 */
export class DigestCache {
  private readonly file: CacheFile
  private lines: Map<string, string> | undefined
  private readonly used = new Map<string, string>()
  private added = 0
  /** The most definitions that were used between two writes. */
  private count = 0

  /**
   * @param folder where the file is
   * @param build identifies how digests are made
   */
  constructor(folder: string, build: string) {
    this.file = { path: join(folder, 'digests'), maker: build }
  }

  /** The digest of a definition with these objects, if it is known. */
  find(folder: DefinitionFolder): string | undefined {
    const key = buildKey(folder)
    if (key === undefined) return undefined
    this.lines ??= readCache(this.file)
    const digest = this.lines.get(key)
    if (digest !== undefined) this.used.set(key, digest)
    return digest
  }

  add(folder: DefinitionFolder, digest: string): void {
    const key = buildKey(folder)
    if (key === undefined) return
    this.used.set(key, digest)
    this.added++
  }

  /** Writes what was added, and has nothing in memory after it. */
  save(): void {
    this.count = Math.max(this.count, this.used.size)
    if (this.added > 0) writeCache(this.file, this.select())
    this.added = 0
    this.lines = undefined
    this.used.clear()
  }

  /** What was used, and as much of the rest as there is room for. */
  private select(): Map<string, string> {
    const lines = new Map(this.used)
    for (const [key, digest] of this.lines ?? readCache(this.file)) {
      if (lines.size >= this.count * MOST_TIMES) break
      if (!lines.has(key)) lines.set(key, digest)
    }
    return lines
  }
}

/**
 * Opens the cache of a repository; undefined for sources without a build.
 * @param gitFolder git's folder of the working tree
 */
export function openDigestCache(gitFolder: string, build = BUILD_ID): DigestCache | undefined {
  return build === undefined ? undefined : new DigestCache(join(gitFolder, 'nofx'), build)
}

/** What a digest is made from besides nofx: the objects, and the kind's limits, which decide what is read as text. */
function buildKey({ kind, id, from }: DefinitionFolder): string | undefined {
  const identity = from?.identify()
  return identity && JSON.stringify([kind.id, id, kind.limits.textBytes, identity])
}
