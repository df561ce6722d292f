import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import type { DiskPlace } from './git-place.ts'
import { findTop, hasOddVariables, isPlain, PLAIN_INDEX, systemFiles, userFile } from './plain-repository.ts'

/** What settings say if git may convert files, or if there may be other settings, other attributes, or another working tree. */
const ELSEWHERE = /autocrlf|attributesfile|\[\s*attr|worktree|objectformat|\[\s*include/i
/** Of a larger index, git's answer takes less memory. */
const MOST_BYTES = 16 * 1024 * 1024
/** Folders beside which attributes are looked for. */
const MOST_KINDS = 100
/** A file of git with attributes for the files beside and below it. */
const ATTRIBUTES = '.gitattributes'
/** Bytes before the first entry, of an entry before its path, and after the last extension (gitformat-index). */
const HEADER = 12
const FIELDS = 62
const CHECKSUM = 20
/** Bits of an entry's flags: assumed as valid, more flags, and the stage of a merge; and those of the length of its path. */
const FLAGS = 0xf000
const PATH_LENGTH = 0x0fff

/**
 * What `listTracked` gives of a folder, if git certainly flags and converts none of its files; undefined where git has to be
 * asked. To read the index takes a millisecond for a thousand files, and each question to git takes three of the main thread.
 */
export function listPlainIndex(place: DiskPlace): string | undefined {
  return withPlainIndex(place, (bytes, prefix) => {
    const text = bytes.toString('latin1')
    let rows = ''
    const isPlain = eachEntry(bytes, (start, end) => {
      if (text.startsWith(prefix, start)) rows += `H ${text.slice(start + prefix.length, end)}\0`
    })
    return isPlain && !/[^\0-~]/.test(rows) ? rows : undefined
  })
}

/** True if git certainly flags and converts no file of its index. */
export function hasPlainIndex(place: DiskPlace): boolean {
  return withPlainIndex(place, (bytes) => eachEntry(bytes, () => {})) ?? false
}

/** Gives away the bytes of the index and the path of a folder in it; undefined where git may know more than they say. */
function withPlainIndex<T>(
  { cwd, rest }: DiskPlace,
  use: (bytes: Buffer, prefix: string) => T,
): T | undefined {
  if (rest !== '' || hasOddVariables() || process.env.GIT_INDEX_FILE) return undefined
  try {
    const top = findTop(cwd)
    const index = join(top, '.git/index')
    if (!isPlain(top, ELSEWHERE) || mayHaveAttributes(top, cwd)) return undefined
    if (statSync(index).size > MOST_BYTES) return undefined
    const bytes = readFileSync(index)
    // The file may be another one by now.
    if (bytes.toString('latin1', 0, PLAIN_INDEX.length) !== PLAIN_INDEX) return undefined
    if (bytes.includes(ATTRIBUTES)) return undefined
    const steps = relative(top, cwd).replaceAll(sep, '/')
    return use(bytes, steps === '' ? '' : `${steps}/`)
  } catch {
    // What cannot be read may say anything.
    return undefined
  }
}

/** Whether there are attributes on disk elsewhere than inside of definitions. */
function mayHaveAttributes(top: string, cwd: string): boolean {
  const kinds = readdirSync(cwd)
  if (kinds.length > MOST_KINDS) return true
  const folders = [cwd, ...kinds.map((kind) => join(cwd, kind))]
  for (let above = cwd; above !== top; above = dirname(above)) folders.push(dirname(above))
  const files = folders.map((folder) => join(folder, ATTRIBUTES))
  const others = [join(top, '.git/info/attributes'), userFile('attributes'), ...systemFiles('gitattributes')]
  return [...files, ...others].some((path) => existsSync(path))
}

/** Gives away where the path of each entry begins and ends. False if an entry has a flag, or if there is more than entries. */
function eachEntry(bytes: Buffer, take: (start: number, end: number) => void): boolean {
  const end = bytes.length - CHECKSUM
  let at = HEADER
  for (let left = bytes.readUInt32BE(8); left > 0; left--) {
    const flags = bytes.readUInt16BE(at + FIELDS - 2)
    const length = flags & PATH_LENGTH
    // A longer path has this length, too.
    if ((flags & FLAGS) !== 0 || length === PATH_LENGTH) return false
    take(at + FIELDS, at + FIELDS + length)
    // One to eight NULs.
    at += (FIELDS + length + 8) & ~7
    if (at > end) return false
  }
  return areOptional(bytes, at, end)
}

/** Whether an index is whole without its extensions: the names of those begin with a capital letter. */
function areOptional(bytes: Buffer, from: number, end: number): boolean {
  let at = from
  while (at < end) {
    if (!/^[A-Z]/.test(bytes.toString('latin1', at, at + 1))) return false
    at += 8 + bytes.readUInt32BE(at + 4)
  }
  return at === end
}
