import { mkdir, readdir, readFile, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import type * as z from 'zod'
import { sha256 } from '../../contract/digest.ts'
import { prove, type Readers, revisionShape, type WorkerRevision } from '../connection/definition.ts'
import { indexShape, isLater, isSame, type KnownState, settled } from './known-state.ts'
import { seal, unseal } from './sealed.ts'
import { UNFINISHED, writePrivate } from './write-private.ts'

/**
 * The last known good states, on disk. No method throws: an
 * unreadable file counts as missing, a failed write is logged.
 */
export interface Cache {
  /** Last known states by `kind/id`, as written by all workers that share this folder. */
  readKnown(): Promise<Map<string, KnownState>>
  /**
   * Adds states to the index; of two states of a definition the one with the higher event number is kept. Returns whether
   * the folder had a later state: another worker is ahead, or a backup was restored.
   */
  remember(states: ReadonlyMap<string, KnownState>): Promise<boolean>
  /** Drops states with event numbers above `cursor`, the registry's last event after `known` was read: their history is lost. */
  settle(states: ReadonlyMap<string, KnownState>, cursor: number): Promise<void>
  /** A revision whose digest was checked again on reading; undefined when the folder has no whole copy. */
  revision(kind: string, id: string, digest: string): Promise<WorkerRevision | undefined>
  keep(revision: WorkerRevision): Promise<void>
  /** Removes a content for good: a later `keep` of it is ignored. */
  drop(digest: string): Promise<void>
  /** Removes copies that were not used for a month. */
  sweep(): Promise<void>
}

const UNUSED_MS = 30 * 24 * 3600 * 1000
/** Suffix of the second copy of an index. */
const SECOND = '.second'

export interface CacheOptions {
  dir: string
  /** Registries do not share copies: a digest does not cover what a registry normalised in a revision. */
  url: string
  /** Environments do not share copies: an id can mean another agent in each of them. */
  env?: string
  drafts: boolean
  readers?: Readers
  log: (line: string) => void
}

/** The folder of one environment of one registry. */
interface CacheFolder {
  home: string
  revisions: string
  /** This worker's index; workers in the other mode (drafts or live) write the other one. */
  index: string
  indexes: string[]
  buildPath(digest: string): string
  write: ReturnType<typeof createWriter>
  log: (line: string) => void
}

/** Opens or creates the folder of one environment of one registry below `dir`. */
export async function openCache(options: CacheOptions): Promise<Cache> {
  const folder = resolveFolder(options)
  await folder.write(() => mkdir(folder.revisions, { recursive: true, mode: 0o700 }))
  const contents = createContents(folder, options.readers)
  return {
    ...createIndex(folder, contents),
    revision: contents.revision,
    keep: contents.keep,
    drop: contents.drop,
    sweep: () => sweep(folder),
  }
}

/** The index of a folder, which other workers write, too. */
function createIndex(
  folder: CacheFolder,
  contents: Contents,
): Pick<Cache, 'readKnown' | 'remember' | 'settle'> {
  /** The states that this worker has written. Passed again, they do not replace a state that another worker wrote since. */
  const writtenStates = new Map<string, KnownState>()
  const readKnown = () => knownIn(folder, folder.index)
  async function save(all: ReadonlyMap<string, KnownState>): Promise<void> {
    const sealed = seal(Object.fromEntries(all))
    await folder.write(() => writePrivate(folder.index, sealed))
    await folder.write(() => writePrivate(`${folder.index}${SECOND}`, sealed))
  }
  return {
    readKnown,
    async remember(states) {
      await contents.writeAgain()
      const all = await readKnown()
      let isBehind = false
      for (const [key, one] of states) {
        const other = all.get(key)
        const later = isLater(one, other)
        isBehind ||= !later
        if (!later || !contents.isWritten(one)) continue
        // A state of a lost history is replaced also by one that was written before it.
        if (!other || other.seq === 0 || !isSame(one, writtenStates.get(key))) all.set(key, one)
        writtenStates.set(key, one)
      }
      await save(all)
      return isBehind
    },
    async settle(before, cursor) {
      const all = await readKnown()
      const dropped = [...settled(before, cursor)].filter(([key]) => isSame(before.get(key), all.get(key)))
      if (dropped.length > 0) await save(new Map([...all, ...dropped]))
    },
  }
}

function resolveFolder({ dir, url, env, drafts, log }: CacheOptions): CacheFolder {
  const home = join(dir, sha256(env === undefined ? url : `${url} ${env}`).slice(0, 16))
  const revisions = join(home, 'revisions')
  return {
    home,
    revisions,
    index: join(home, drafts ? 'drafts.json' : 'live.json'),
    indexes: ['live.json', 'drafts.json'].map((name) => join(home, name)),
    buildPath: (digest) => join(revisions, `${digest}.json`),
    write: createWriter(dir, log),
    log,
  }
}

async function read<S extends z.ZodType>(
  path: string,
  shape: S,
  log: (line: string) => void,
): Promise<z.output<S> | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') log(`${path} cannot be read (${error.code})`)
  })
  if (text === undefined) return undefined
  const parsed = shape.safeParse(unseal(text))
  if (parsed.success) return parsed.data
  log(`${path} is damaged and is not used`)
}

/**
 * Reads the index, or its second copy (written after it), so that one damaged file does not make all copies useless.
 */
async function knownIn({ log }: CacheFolder, path: string): Promise<Map<string, KnownState>> {
  const index = (await read(path, indexShape, log)) ?? (await read(`${path}${SECOND}`, indexShape, log))
  return new Map(Object.entries(index ?? {}))
}

interface Contents extends Pick<Cache, 'revision' | 'keep' | 'drop'> {
  /** Retries the writes that failed. */
  writeAgain(): Promise<void>
  /** Whether the copy is on disk. The index never names a missing copy; it keeps the older entry instead. */
  isWritten(state: KnownState): boolean
}

/** The copies of revisions in a folder. */
function createContents({ buildPath: pathOf, write, log }: CacheFolder, readers?: Readers): Contents {
  const dropped = new Set<string>()
  /** Revisions whose write failed and is still to be retried. */
  const unwritten = new Map<string, WorkerRevision>()
  async function keep(revision: WorkerRevision): Promise<void> {
    const { digest } = revision
    if (dropped.has(digest)) return
    unwritten.set(digest, revision)
    await write(async () => {
      await writePrivate(pathOf(digest), seal(revision))
      unwritten.delete(digest)
      // `drop` may have been called during the write.
      if (dropped.has(digest)) await rm(pathOf(digest), { force: true })
    })
  }
  return {
    keep,
    revision: async (kind, id, digest) =>
      dropped.has(digest) ? undefined : readContent(pathOf(digest), { kind, id, digest }, log, readers),
    async drop(digest) {
      dropped.add(digest)
      unwritten.delete(digest)
      await write(() => rm(pathOf(digest), { force: true }))
    },
    async writeAgain() {
      for (const revision of unwritten.values()) await keep(revision)
    },
    isWritten: ({ head }) => !('digest' in head && unwritten.has(head.digest)),
  }
}

async function readContent(
  path: string,
  definition: { kind: string; id: string; digest: string },
  log: (line: string) => void,
  readers?: Readers,
): Promise<WorkerRevision | undefined> {
  const revision = await read(path, revisionShape, log)
  if (!revision) return undefined
  const isAsked =
    revision.kind === definition.kind &&
    revision.id === definition.id &&
    revision.digest === definition.digest
  const proven = isAsked ? prove(revision, readers) : 'it belongs to another definition'
  if (typeof proven === 'string') {
    log(`${path} is damaged and is not used (${proven})`)
    return undefined
  }
  const now = new Date()
  await utimes(path, now, now).catch(() => {})
  return proven
}

async function sweep(folder: CacheFolder): Promise<void> {
  const { home, revisions, indexes } = folder
  const all = (await Promise.all(indexes.map((path) => knownIn(folder, path)))).flatMap((states) => [
    ...states.values(),
  ])
  const used = new Set(all.map(({ head }) => 'digest' in head && `${head.digest}.json`))
  const names = await readdir(revisions).catch(() => [])
  const left = (await readdir(home).catch(() => [])).filter((name) => name.endsWith(UNFINISHED))
  const unused = names.filter((name) => !used.has(name)).map((name) => join(revisions, name))
  for (const path of [...unused, ...left.map((name) => join(home, name))]) await removeOld(path)
}

async function removeOld(path: string): Promise<void> {
  try {
    if (Date.now() - (await stat(path)).mtimeMs > UNUSED_MS) await rm(path)
  } catch {
    // Another worker sweeps the same folder and may have removed the file first.
  }
}

/** Runs writes that may fail and logs the first failure of a series. A full disk costs the copies, not the work. */
function createWriter(dir: string, log: (line: string) => void) {
  let failing = false
  return async (work: () => Promise<unknown>): Promise<void> => {
    try {
      await work()
      failing = false
    } catch (error) {
      const { code = 'unknown error' } = error as NodeJS.ErrnoException
      if (!failing) log(`${dir} cannot keep copies (${code}): continuing in memory`)
      failing = true
    }
  }
}
