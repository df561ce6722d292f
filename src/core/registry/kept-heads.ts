import { join } from 'node:path'
import { sha256 } from '../../contract/digest.ts'
import { BUILD_ID } from '../cache/build-id.ts'
import { type CacheFile, readLines, writeCache } from '../cache/cache-file.ts'
import { findCacheFolder } from '../cache/cache-folder.ts'
import type { Head } from './registry.ts'

/** Where heads are kept between commands, and whose they are. */
export interface HeadsPlace {
  folder: string
  /** Identifies the build: another one may read heads differently. */
  build: string
  /** The registry, and who reads it: another reader may see other heads. */
  reader: readonly string[]
}

/** A head, and the registry's stamp of its row, which changes with every write to the row. */
export interface StampedHead {
  stamp: string
  head: Head
}

/** The heads of one kind, as they were at an event of the feed. */
export interface KnownHeads {
  seq: number
  /** See docs/decisions/064-marks-of-the-feed.md. */
  mark: string
  heads: ReadonlyMap<string, StampedHead>
}

/** What a registry answers about the heads of one kind. */
export interface MovedHeads {
  /** Whether these are all heads; otherwise they are those that moved since the event that was named. */
  whole: boolean
  heads: readonly Head[]
  /** The stamps of these heads, by id. */
  stamps: Readonly<Record<string, string>>
  /** How many heads the kind has, and the sum of their stamps. */
  count: number
  sum: string
}

/** The key of the line with the event, which is not an id. */
const EVENT = '@'

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

/** Reads what an earlier command kept; undefined if there is nothing, or nothing that can be used. */
export function readKnownHeads(place: HeadsPlace, kind: string): KnownHeads | undefined {
  let event: Pick<KnownHeads, 'seq' | 'mark'> | undefined
  const heads = new Map<string, StampedHead>()
  const isWhole = readLines(locateFile(place, kind), (key, line) => {
    if (key === EVENT) event = JSON.parse(line) as Pick<KnownHeads, 'seq' | 'mark'>
    else heads.set(key, JSON.parse(line) as StampedHead)
  })
  return isWhole && event ? { ...event, heads } : undefined
}

/** Keeps heads for later commands. The file has no content of definitions, but what publishers alone may see. */
export function keepHeads(place: HeadsPlace, kind: string, { seq, mark, heads }: KnownHeads): void {
  writeCache(locateFile(place, kind), renderLines({ seq, mark, heads }))
}

/** One after another: together, the lines take as much memory as the heads. */
function* renderLines({ seq, mark, heads }: KnownHeads): Generator<[string, string]> {
  yield [EVENT, JSON.stringify({ seq, mark })]
  for (const [id, stamped] of heads) yield [id, JSON.stringify(stamped)]
}

/**
 * The heads of now, by id. They are proven by the number of heads and the sum of the stamps, which the registry computes
 * from its rows: whatever else was wrong, heads that are not the registry's are not taken for it.
 * @returns undefined if that proof fails
 */
export function mergeHeads(
  before: KnownHeads | undefined,
  { whole, heads: moved, stamps, count, sum }: MovedHeads,
): Map<string, StampedHead> | undefined {
  const heads = new Map(whole ? undefined : before?.heads)
  for (const head of moved) {
    const stamp = Object.hasOwn(stamps, head.id) ? stamps[head.id] : undefined
    if (stamp === undefined) return undefined
    heads.set(head.id, { stamp, head })
  }
  let total = 0n
  for (const { stamp } of heads.values()) total += BigInt(stamp)
  return heads.size === count && total === BigInt(sum) ? heads : undefined
}

function locateFile({ folder, build, reader }: HeadsPlace, kind: string): CacheFile {
  const name = sha256(JSON.stringify([...reader, kind])).slice(0, 32)
  return { path: join(folder, `heads-${name}`), maker: JSON.stringify(['heads', build, ...reader, kind]) }
}
