import type { Finding } from '../../contract/diagnostic.ts'
import type { Kind } from '../../contract/kind.ts'
import type { SourceFile } from '../../contract/source.ts'
import { type DefinitionFolder, type DiskView, type ReadSource, readSource } from '../tree/collect.ts'

/** The order to a thread that reads definitions ahead of the main thread. It is copied, so it is plain data. */
export interface ReadOrder {
  /** The kinds of the folders: what reading needs of them. */
  kinds: Pick<Kind, 'id' | 'limits'>[]
  /** For each folder, the index of its kind, its id, its path on disk, and what its entry is instead of a folder. */
  folders: [kind: number, id: string, dir: string, entry: DefinitionFolder['entry']][]
  view: DiskView | undefined
  /** Numbers that both threads count with: see `COUNTERS`. */
  counters: SharedArrayBuffer
  /**
   * How much a function runs before V8 optimizes it, in all threads; V8's own choice if it is not given. The thread that reads
   * sets it when it has begun: Node.js compiles all of its modules that are loaded later, because V8 stores compiled code for the
   * flags of its time.
   */
  budget?: number
}

/** Sources of folders that follow each other. */
export interface FolderSources {
  /** The index of the first. */
  start: number
  sources: PackedSource[]
  /** The size of their texts, in units of `UNIT`. */
  weight: number
}

/**
 * A source between threads. Objects that a thread receives have another layout in memory than those that it makes, and code
 * that meets both is compiled twice; lists are also copied faster.
 */
export interface PackedSource {
  /** For each file its path, its size, its text and whether it is executable. */
  files: (string | number | boolean | undefined)[]
  findings: readonly Finding[]
  folders: readonly string[] | undefined
}

/** The indexes of the numbers that both threads count with. */
export const COUNTERS = {
  /** The first folder that no thread has begun to read. */
  next: 0,
  /** The weight of what the main thread has taken. */
  takenWeight: 1,
  /** The weight from which on the thread that reads has to be woken. */
  wakeWeight: 2,
} as const

/** Characters that weigh 1. */
const UNIT = 1024
/** The weight of what is read ahead at most, besides one answer. */
const MOST_AHEAD = 2048
/** More than is ever taken: the thread does not wait. */
const NEVER = 2 ** 31 - 1
/** Folders in an answer, and the characters with which it has fewer. */
const MOST_FOLDERS = 16
const ENOUGH = 256 * UNIT

/** Reads folders until none is left; the main thread may read some of them itself. */
export function readInThread(order: ReadOrder, post: (answer: FolderSources) => void): void {
  const counts = new Int32Array(order.counters)
  const total = order.folders.length
  let postedWeight = 0
  for (let part = claim(counts, total, MOST_FOLDERS); part; part = claim(counts, total, MOST_FOLDERS))
    for (let at = part.from; at < part.to; ) {
      const answer = readSome(order, at, part.to)
      at += answer.sources.length
      postedWeight += answer.weight
      post(answer)
      waitUntilTaken(counts, postedWeight)
    }
}

/** Reads the folders from one index to another, or the first of them if their texts are large. */
function readSome({ kinds, folders, view }: ReadOrder, from: number, to: number): FolderSources {
  const sources: PackedSource[] = []
  let size = 0
  for (const [kind, id, dir, entry] of folders.slice(from, to)) {
    const place = { kind: kinds[kind] as Kind, id, dir, shownPath: '' }
    const source = readSource({ ...place, ...(entry && { entry }), ...(view && { view }) })
    sources.push(pack(source))
    for (const { text } of source.files) size += text?.length ?? 0
    if (size >= ENOUGH) break
  }
  return { start: from, sources, weight: Math.ceil(size / UNIT) }
}

/** Takes the next folders; undefined if none is left. */
export function claim(
  counts: Int32Array,
  total: number,
  most: number,
): { from: number; to: number } | undefined {
  for (;;) {
    const from = Atomics.load(counts, COUNTERS.next)
    if (from >= total) return undefined
    const to = Math.min(from + most, total)
    if (Atomics.compareExchange(counts, COUNTERS.next, from, to) === from) return { from, to }
  }
}

function pack({ files, findings, folders }: ReadSource): PackedSource {
  const packed: PackedSource = { files: [], findings, folders }
  for (const { path, size, text, executable } of files) packed.files.push(path, size, text, executable)
  return packed
}

/** The source of a folder as `readSource` makes it. */
export function unpack({ files, findings, folders }: PackedSource, folder: DefinitionFolder): ReadSource {
  const unpacked: SourceFile[] = []
  for (let at = 0; at < files.length; at += 4) {
    const [path, size] = [files[at] as string, files[at + 1] as number]
    const [text, executable] = [files[at + 2] as string | undefined, files[at + 3]]
    unpacked.push(
      text === undefined ? { path, size, ...(executable ? { executable: true } : {}) } : { path, size, text },
    )
  }
  return { kind: folder.kind.id, id: folder.id, files: unpacked, findings, ...(folders && { folders }) }
}

/** Takes note of what the main thread has taken, and wakes the other one if it waits for that. */
export function addTaken(counts: Int32Array, weight: number): void {
  const takenWeight = Atomics.add(counts, COUNTERS.takenWeight, weight) + weight
  if (takenWeight >= Atomics.load(counts, COUNTERS.wakeWeight)) Atomics.notify(counts, COUNTERS.takenWeight)
}

/** Waits while the main thread has much to take, until half of it is taken: each waking takes time of both threads. */
function waitUntilTaken(counts: Int32Array, postedWeight: number): void {
  let takenWeight = Atomics.load(counts, COUNTERS.takenWeight)
  if (postedWeight - takenWeight <= MOST_AHEAD) return
  const enough = postedWeight - MOST_AHEAD / 2
  Atomics.store(counts, COUNTERS.wakeWeight, enough)
  for (;;) {
    takenWeight = Atomics.load(counts, COUNTERS.takenWeight)
    if (takenWeight >= enough) break
    Atomics.wait(counts, COUNTERS.takenWeight, takenWeight)
  }
  Atomics.store(counts, COUNTERS.wakeWeight, NEVER)
}
