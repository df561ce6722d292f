import { createHash } from 'node:crypto'
import { lstatSync, readFileSync, readlinkSync } from 'node:fs'
import { relative } from 'node:path'
import { git } from './git-command.ts'
import type { GitEntry } from './git-entry.ts'
import type { GitPlace } from './git-place.ts'

/** How a file on disk compares with an object: equal bytes, equal after git's conversions, or different. */
type Same = 'same' | 'converted' | 'other'

/** Compares one file on disk with the commit's entry for the same path. */
export async function isSameContent(full: string, entry: GitEntry, place: GitPlace): Promise<Same> {
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
  if (computeOid(bytes, entry) === entry.oid) return 'same'
  return (await cleanedOid(full, place)) === entry.oid ? 'converted' : 'other'
}

function read(full: string): Buffer | undefined {
  try {
    return readFileSync(full)
  } catch {
    return undefined
  }
}

/** The object id that git computes for these bytes (git-scm.com, "Git Internals - Git Objects"). */
function computeOid(bytes: Buffer, { oid }: GitEntry): string {
  const hash = createHash(oid.length === 64 ? 'sha256' : 'sha1')
  return hash.update(`blob ${bytes.length}\0`).update(bytes).digest('hex')
}

/**
 * The id of the object that `git add` would make of the file, with all filters applied; undefined if a filter fails.
 */
async function cleanedOid(full: string, { cwd }: GitPlace): Promise<string | undefined> {
  const hashed = await git(cwd, ['hash-object', '--', relative(cwd, full)]).catch(() => undefined)
  return hashed?.trim()
}
