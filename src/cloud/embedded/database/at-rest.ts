import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type CacheFile, readCache, writeCache } from '../../../core/cache/cache-file.ts'
import { isSharedFolder, thisPlace } from '../../../core/disk/machine.ts'
import { FEW_HEADS, type HeadsEvent } from '../../../core/registry/kept-heads.ts'
import type { HeadsOfKind, KindSum, SinceAnswer } from '../../../core/registry/merge-answer.ts'
import type { DataFolder } from './data-folder.ts'
import type { Database } from './database.ts'

/** What a database answered about the heads of one kind: what moved since an event. */
interface KindAnswer {
  since: HeadsEvent
  moved: HeadsOfKind
}

/** Answers of a database. They stay right as long as nothing is written to it. */
interface RestNote {
  /** `Database.readState` when they were given. */
  state: string
  /** Of `kinds`; undefined if they are empty. */
  newest: HeadsEvent | undefined
  kinds: KindAnswer[]
  /** What the heads of these and of other kinds add up to. */
  sums: KindSum[]
}

/** The key of the only line of the note. */
const NOTE = 'note'

/**
 * The answers about heads in the note of a database; undefined if the database may have changed since they were given, or
 * is open. Opens nothing, and changes nothing.
 */
export function readNote(folder: DataFolder, build: string): RestNote | undefined {
  // A process that opens the database takes the lock first, and then removes the note.
  return existsSync(folder.lock) ? undefined : readProven(folder, build)
}

/** The answer of a note to the question what moved since these events; undefined if the note does not have it. */
export function answerFromNote(
  { newest, kinds }: RestNote,
  events: ReadonlyMap<string, HeadsEvent | undefined>,
): SinceAnswer | undefined {
  const answers = Array.from(events, ([kind, event]) =>
    kinds.find(({ moved, since }) => moved.kind === kind && event !== undefined && isSame(since, event)),
  )
  const all = answers.flatMap((one) => one?.moved ?? [])
  return newest && all.length === answers.length ? { ...newest, kinds: all } : undefined
}

/** What the heads of these kinds add up to; undefined if the note does not have it. */
export function sumsFromNote({ sums }: RestNote, kinds: readonly string[]): KindSum[] | undefined {
  const all = kinds.flatMap((kind) => sums.find((one) => one.kind === kind) ?? [])
  return all.length === kinds.length ? all : undefined
}

/**
 * The note of a database that this process opens: the answers that it gave are written beside it when it is closed, for
 * commands that ask nothing else. See docs/decisions/115-a-database-at-rest.md.
 */
export class AtRest {
  private readonly build: string
  private note: RestNote | undefined
  private readonly movedKinds = new Set<string>()
  private readonly summedKinds = new Set<string>()

  constructor(build: string) {
    this.build = build
  }

  /** Takes over the answers of an earlier note. Call while holding the lock. */
  begin(folder: DataFolder): void {
    this.keep(readProven(folder, this.build))
  }

  /** The kinds about which there were answers, but none of the database as it is. */
  lateKinds(state: string): string[] {
    const { kinds, sums } = this.noteAt(state)
    const moved = [...this.movedKinds].filter((kind) => !kinds.some((one) => one.moved.kind === kind))
    const added = [...this.summedKinds].filter((kind) => !sums.some((one) => one.kind === kind))
    return [...new Set([...moved, ...added])]
  }

  /** How many heads of these kinds there were in the last sums. */
  count(kinds: readonly string[]): number {
    const sums = this.note?.sums.filter(({ kind }) => kinds.includes(kind)) ?? []
    return sums.reduce((all, { count }) => all + count, 0)
  }

  /**
   * Notes an answer.
   * @param state what `Database.readState` was before the question
   */
  add(state: string, events: ReadonlyMap<string, HeadsEvent | undefined>, answer: SinceAnswer): void {
    const { seq, mark, kinds } = answer
    // A registry without events: nothing is kept of it, but the next command asks for the same.
    if (mark === null) {
      for (const { kind } of kinds) this.movedKinds.add(kind)
      return
    }
    const newest = { seq, mark }
    const before = this.noteAt(state)
    const others = before.kinds.filter(({ moved }) => kinds.every(({ kind }) => kind !== moved.kind))
    const own = kinds.flatMap((one) => toAnswer(one, events.get(one.kind), newest))
    this.keep({ state, newest, kinds: [...others, ...own], sums: mergeSums(before.sums, kinds) })
  }

  /** The same for an answer that says what the heads of some kinds add up to. */
  addSums(state: string, sums: readonly KindSum[]): void {
    const before = this.noteAt(state)
    this.keep({ ...before, sums: mergeSums(before.sums, sums) })
  }

  /** What is noted of this state. */
  private noteAt(state: string): RestNote {
    const { note } = this
    return note?.state === state ? note : { state, newest: undefined, kinds: [], sums: [] }
  }

  private keep(note: RestNote | undefined): void {
    this.note = note
    for (const { moved } of note?.kinds ?? []) this.movedKinds.add(moved.kind)
    for (const { kind } of note?.sums ?? []) this.summedKinds.add(kind)
  }

  /** Closes the database, and writes the note. Call while still holding the lock. */
  async close(cloud: Pick<Database, 'readState' | 'close'>, folder: DataFolder): Promise<void> {
    const state = await cloud.readState?.().catch(() => undefined)
    await cloud.close()
    const { note } = this
    if (note === undefined || note.state !== state) return
    const file = locateNote(folder, this.build)
    if (file) writeCache(file, new Map([[NOTE, JSON.stringify(note)]]))
  }
}

function mergeSums(before: readonly KindSum[], sums: readonly KindSum[]): KindSum[] {
  const others = before.filter((one) => sums.every(({ kind }) => kind !== one.kind))
  return [...others, ...sums.map(({ kind, count, sum }) => ({ kind, count, sum }))]
}

/** Takes over the note of a database that is about to be opened, and removes it. Call while holding the lock. */
export function beginUse(folder: DataFolder, atRest: AtRest | undefined): void {
  atRest?.begin(folder)
  try {
    rmSync(folder.note, { force: true })
  } catch {
    // Every start of PostgreSQL writes to the files that prove the note.
  }
}

/**
 * Commands keep all heads of an answer with more than `FEW_HEADS`, and ask what moved since its event the next time: nothing, and
 * with what they keep, it still has to add up.
 */
function toAnswer(
  moved: HeadsOfKind,
  since: HeadsEvent | undefined,
  newest: HeadsEvent,
): KindAnswer | KindAnswer[] {
  if (moved.whole || moved.heads.length > FEW_HEADS)
    return { since: newest, moved: { ...moved, whole: false, heads: [], stamps: {} } }
  return since ? { since, moved } : []
}

function isSame(one: HeadsEvent, other: HeadsEvent): boolean {
  return one.seq === other.seq && one.mark === other.mark
}

function readProven(folder: DataFolder, build: string): RestNote | undefined {
  const file = existsSync(folder.note) ? locateNote(folder, build) : undefined
  const text = file && readCache(file).get(NOTE)
  return text === undefined ? undefined : (JSON.parse(text) as RestNote)
}

/** The note of the database as its files are now; undefined where files do not prove that it is the same. */
function locateNote(folder: DataFolder, build: string): CacheFile | undefined {
  // PGlite flushes nothing: after a power cut, files may be older than their times.
  const { boot } = thisPlace()
  // Another machine's writes may be seen later.
  if (boot === undefined || isSharedFolder(folder.path)) return undefined
  const files = describeFiles(folder)
  return files === undefined ? undefined : { path: folder.note, maker: JSON.stringify([build, boot, files]) }
}

/**
 * A hash of which files the database has and when they changed last, in the kernel's own clock, which no program sets
 * back. Every start and every end of PostgreSQL writes to `pg_control`.
 */
function describeFiles({ database, keys, storage }: DataFolder): string | undefined {
  const hash = createHash('sha256')
  try {
    if (!statSync(storage).isDirectory()) return undefined
    describeFile(keys, hash)
    const folders = [database]
    for (const folder of folders)
      for (const entry of readdirSync(folder, { withFileTypes: true })) {
        const path = join(folder, entry.name)
        if (entry.isDirectory()) folders.push(path)
        else describeFile(path, hash)
      }
    return hash.update(readFileSync(join(database, 'global', 'pg_control'))).digest('hex')
  } catch {
    return undefined
  }
}

function describeFile(path: string, hash: ReturnType<typeof createHash>): void {
  const { dev, ino, size, mtimeMs, ctimeMs } = statSync(path)
  hash.update(`${path}\n${dev} ${ino} ${size} ${mtimeMs} ${ctimeMs}\n`)
}
