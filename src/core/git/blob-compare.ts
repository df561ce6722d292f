import { lstatSync, readFileSync, readlinkSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { hashObject } from '../../contract/protocol/git-tree.ts'
import { git } from './git-command.ts'
import type { GitEntry } from './git-entry.ts'
import type { GitPlace } from './git-place.ts'

/** How a file on disk compares with an object: equal bytes, equal after git's conversions, or different. */
type Same = 'same' | 'converted' | 'other'

/** A file on disk, and the commit's entry for the same path. */
export interface ComparedFile {
  full: string
  entry: GitEntry
}

/** Compares files on disk with a commit. git is asked at once about all that it may have converted. */
export async function compareContents(files: readonly ComparedFile[], place: GitPlace): Promise<Same[]> {
  const answers = files.map(compareBytes)
  const unclear = files.filter((_, at) => answers[at] === undefined).map(({ full }) => full)
  const cleaned = await cleanedOids(unclear, place)
  return files.map(
    ({ full, entry }, at) => answers[at] ?? (cleaned.get(full) === entry.oid ? 'converted' : 'other'),
  )
}

/** Undefined for a file with other bytes, which git may have converted. */
function compareBytes({ full, entry }: ComparedFile): Same | undefined {
  const stats = lstatSync(full, { throwIfNoEntry: false })
  if (!stats) return 'other'
  if (entry.mode === 'symlink')
    return !stats.isSymbolicLink() ||
      (entry.oid && computeOid(readlinkSync(full, 'buffer'), entry) !== entry.oid)
      ? 'other'
      : 'same'
  if (!stats.isFile()) return 'other'
  const bytes = read(full)
  if (!bytes) return 'other'
  return computeOid(bytes, entry) === entry.oid ? 'same' : undefined
}

function read(full: string): Buffer | undefined {
  try {
    return readFileSync(full)
  } catch {
    return undefined
  }
}

/** The object id that git computes for these bytes, by the algorithm of the entry's. */
function computeOid(bytes: Buffer, { oid }: GitEntry): string {
  return hashObject('blob', bytes, oid.length === 64 ? 'sha256' : 'sha1').toString('hex')
}

/** Files in one call of git. */
const CLEANED_AT_ONCE = 1_000

/** git reads one path on each line, and takes a path that begins with a quotation mark for a quoted one. */
const NOT_A_LINE = /^"|^\.\.|[\r\n]/

/**
 * The ids of the objects that `git add` would make of files, with all filters applied. A file whose filter fails has none.
 */
async function cleanedOids(files: readonly string[], place: GitPlace): Promise<Map<string, string>> {
  const oids = new Map<string, string>()
  const cwd = findTop(place)
  const isLine = (full: string) => !NOT_A_LINE.test(relative(cwd, full))
  const inLines = files.filter(isLine)
  for (let at = 0; at < inLines.length; ) {
    const batch = inLines.slice(at, at + CLEANED_AT_ONCE)
    const input = batch.map((full) => `${relative(cwd, full)}\n`).join('')
    const output = await git(cwd, ['hash-object', '--stdin-paths'], input).catch(readStdout)
    const answered = output.split('\n').slice(0, -1)
    for (const [index, oid] of answered.entries()) oids.set(batch[index] ?? '', oid)
    // git stops at the first file whose filter fails.
    at += Math.min(answered.length + 1, batch.length)
  }
  for (const full of files.filter((one) => !isLine(one))) {
    const oid = await git(cwd, ['hash-object', '--', relative(cwd, full)]).catch(() => '')
    oids.set(full, oid.trim())
  }
  return oids
}

/** The top of the working tree: git takes paths on its standard input as relative to it, wherever it was started. */
function findTop({ cwd, rest, path }: GitPlace): string {
  const prefix = rest === '' ? path : path.slice(0, -rest.length)
  return resolve(
    cwd,
    ...prefix
      .split('/')
      .filter(Boolean)
      .map(() => '..'),
  )
}

/** What a git that failed had written before. */
function readStdout(error: unknown): string {
  const cause = error instanceof Error ? (error.cause as { stdout?: string } | undefined) : undefined
  return cause?.stdout ?? ''
}
