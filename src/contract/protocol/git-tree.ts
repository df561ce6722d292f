import { Buffer } from 'node:buffer'
import crypto from 'node:crypto'
import { foldLines } from '../manifest/fold-lines.ts'
import { ASSETS, type SourceFile } from '../source.ts'

/** The id of a tree where git uses SHA-1, the only one that a registry has. */
export const GIT_TREE = /^[0-9a-f]{40}$/

/** A folder while its tree is built, by name. */
type Folder = Map<string, Folder | string>

/**
 * The id that git (with SHA-1) gives the tree of a folder with exactly these files, none of them executable; undefined if a
 * file is not a text, or if no folder of a commit can have such files. Equal ids mean equal files, so an id
 * that is stored must be computed from texts, and never taken from a client (git-scm.com, "Git Internals - Git Objects").
 */
export function computeGitTree(files: readonly Pick<SourceFile, 'path' | 'text'>[]): string | undefined {
  const root: Folder = new Map()
  for (const { path, text } of files)
    if (path.startsWith(ASSETS) || text === undefined || foldLines(text) !== text || !add(root, path, text))
      return undefined
  return hashFolder(root).toString('hex')
}

/** @returns false if the path is not one of a file in a commit, or is there twice */
function add(root: Folder, path: string, text: string): boolean {
  const steps = path.split('/')
  const name = steps.pop() ?? ''
  if (path.includes('\0') || [...steps, name].some((step) => NO_NAMES.has(step))) return false
  let folder = root
  for (const step of steps) {
    const next = folder.get(step) ?? new Map()
    if (typeof next === 'string') return false
    folder.set(step, next)
    folder = next
  }
  if (folder.has(name)) return false
  folder.set(name, text)
  return true
}

/** Names that git refuses. */
const NO_NAMES = new Set(['', '.', '..', '.git'])

function hashFolder(folder: Folder): Buffer {
  const entries = Array.from(folder, ([name, entry]) => {
    const isText = typeof entry === 'string'
    const id = isText ? hashObject('blob', Buffer.from(entry)) : hashFolder(entry)
    // git sorts a folder as if its name ended with a slash
    const key = Buffer.from(isText ? name : `${name}/`)
    return { key, bytes: Buffer.concat([Buffer.from(`${isText ? '100644' : '40000'} ${name}\0`), id]) }
  })
  entries.sort((a, b) => Buffer.compare(a.key, b.key))
  return hashObject('tree', Buffer.concat(entries.map(({ bytes }) => bytes)))
}

/** The id of an object of git (git-scm.com, "Git Internals - Git Objects"). */
export function hashObject(
  type: 'blob' | 'tree',
  bytes: Buffer,
  algorithm: 'sha1' | 'sha256' = 'sha1',
): Buffer {
  return crypto.createHash(algorithm).update(`${type} ${bytes.length}\0`).update(bytes).digest()
}
