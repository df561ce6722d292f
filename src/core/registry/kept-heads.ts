import { join } from 'node:path'
import { sha256 } from '../../contract/digest.ts'
import { BUILD_ID } from '../cache/build-id.ts'
import { type CacheFile, FIELD_END, readCache, readLines, writeCache } from '../cache/cache-file.ts'
import { findCacheFolder } from '../cache/cache-folder.ts'
import type { Head } from './registry.ts'
import { MANY_HEADS, SmallHeads, splitHead } from './small-heads.ts'

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

/** An event of the feed. */
export interface HeadsEvent {
  seq: number
  /** See docs/decisions/064-marks-of-the-feed.md. */
  mark: string
}

/** The heads of one kind, by id. */
export type KnownHeads = ReadonlyMap<string, StampedHead>

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

/** Heads that moved since the kept ones, up to which the kept file stays as it is: it has all heads and is long. */
export const FEW_HEADS = 50

/** The key of the only line of the file with the event. */
const EVENT = 'event'

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

/** The event at which an earlier command read the heads that it kept. It has a short file of its own. */
export function readKnownPlace(place: HeadsPlace, kind: string): HeadsEvent | undefined {
  const event = readCache(locateFile(place, kind, EVENT)).get(EVENT)
  return event === undefined ? undefined : (JSON.parse(event) as HeadsEvent)
}

/** The same for several kinds. */
export function readKnownPlaces(
  place: HeadsPlace,
  kinds: readonly string[],
): Map<string, HeadsEvent | undefined> {
  return new Map(kinds.map((kind) => [kind, readKnownPlace(place, kind)]))
}

/**
 * The heads that an earlier command kept; empty if there are none that can be used.
 * @param count about how many there are
 */
export function readKnownHeads(place: HeadsPlace, kind: string, count = 0): KnownHeads {
  const heads = new Map<string, StampedHead>()
  const small = count >= MANY_HEADS ? new SmallHeads() : undefined
  const take = (_id: string, line: string) => {
    const one = readLine(line, small)
    // Not the id that comes with the line: V8 would have the whole line in memory for it.
    heads.set(one.head.id, one)
  }
  const isWhole = readLines(locateFile(place, kind, 'heads'), take)
  return isWhole ? heads : new Map()
}

/** Keeps heads for later commands. The files have no content of definitions, but what publishers alone may see. */
export function keepHeads(
  place: HeadsPlace,
  kind: string,
  { seq, mark }: HeadsEvent,
  heads: KnownHeads,
): void {
  writeCache(locateFile(place, kind, 'heads'), renderLines(heads))
  writeCache(locateFile(place, kind, EVENT), new Map([[EVENT, JSON.stringify({ seq, mark })]]))
}

/** One after another: together, the lines take as much memory as the heads. */
function* renderLines(heads: KnownHeads): Generator<[string, string]> {
  for (const [id, stamped] of heads) yield [id, writeLine(stamped)]
}

/** The parts of a head that few comparisons ask for, and that are most of its bytes, are fields of their own. */
function writeLine({ stamp, head }: StampedHead): string {
  const { short, text } = splitHead(head)
  const { references, demands, ...rest } = short
  return [stamp, JSON.stringify(rest), JSON.stringify({ references, demands }), text].join(FIELD_END)
}

function readLine(line: string, small: SmallHeads | undefined): StampedHead {
  const [stamp = '', rest = '', needs = '', description = ''] = line.split(FIELD_END)
  const early = JSON.parse(rest) as Omit<Head, 'description' | keyof HeadNeeds>
  if (!small) return { stamp, head: addLate(early, needs, description) }
  return { stamp: copyText(stamp), head: small.add({ ...early, ...parseNeeds(needs) }, description) }
}

type HeadNeeds = Pick<Head, 'references' | 'demands'>

/** What most heads have. */
const NO_NEEDS = JSON.stringify({ references: [], demands: [] })

/** A part of a text that does not have the whole text in memory. */
const copyText = (part: string): string => Buffer.from(part).toString()

function parseNeeds(text: string): HeadNeeds {
  return text === NO_NEEDS ? { references: [], demands: [] } : (JSON.parse(text) as HeadNeeds)
}

/** Adds two parts that are parsed when they are asked for. */
function addLate(early: Omit<Head, 'description' | keyof HeadNeeds>, needs: string, text: string): Head {
  let parsedNeeds: HeadNeeds | undefined
  let description: Head['description'] | undefined
  const findNeeds = () => {
    parsedNeeds ??= parseNeeds(needs)
    return parsedNeeds
  }
  return {
    ...early,
    get description() {
      description ??= JSON.parse(text) as Head['description']
      return description
    },
    get references() {
      return findNeeds().references
    },
    get demands() {
      return findNeeds().demands
    },
  }
}

/**
 * The heads of now, by id. They are proven by the number of heads and the sum of the stamps, which the registry computes
 * from its rows: whatever else was wrong, heads that are not the registry's are not taken for it.
 * @returns undefined if that proof fails
 */
export function mergeHeads(
  before: KnownHeads,
  { whole, heads: moved, stamps, count, sum }: MovedHeads,
): Map<string, StampedHead> | undefined {
  const heads = new Map(whole ? undefined : before)
  for (const head of moved) {
    const stamp = Object.hasOwn(stamps, head.id) ? stamps[head.id] : undefined
    if (stamp === undefined) return undefined
    heads.set(head.id, { stamp, head })
  }
  let total = 0n
  for (const { stamp } of heads.values()) total += BigInt(stamp)
  return heads.size === count && total === BigInt(sum) ? heads : undefined
}

function locateFile({ folder, build, reader }: HeadsPlace, kind: string, what: string): CacheFile {
  const name = sha256(JSON.stringify([...reader, kind])).slice(0, 32)
  return { path: join(folder, `${what}-${name}`), maker: JSON.stringify([what, build, ...reader, kind]) }
}
