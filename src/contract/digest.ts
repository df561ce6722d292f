import crypto from 'node:crypto'
import type { FileEntry } from './kind.ts'
import { nameOf } from './name.ts'

/** A SHA-256 as NOFX writes it: 64 hex digits in lower case. */
export const SHA256 = /^[0-9a-f]{64}$/

/** SHA-256 in lower-case hex. A string is hashed as UTF-8. */
export function sha256(content: string | Uint8Array): string {
  // `crypto.hash` of Node is twice as fast on small texts; older runtimes lack it.
  if (typeof crypto.hash === 'function') return crypto.hash('sha256', content, 'hex')
  return crypto.createHash('sha256').update(content).digest('hex')
}

/**
 * A definition's digest: the SHA-256 of the JSON text, without blanks,
 * `{"files":[{"path":…,"sha256":…,"size":…},…],"id":…,"kind":…}`. The files are sorted by the UTF-16 code units of
 * their paths; an executable file has `"executable":true` before its path. The digest does not depend on the encoding
 * of any archive.
 */
export function digestOf(kind: string, id: string, files: readonly FileEntry[]): string {
  const sorted = files
    .map(({ executable, path, sha256, size }) => ({
      ...(executable ? { executable } : {}),
      path,
      sha256,
      size,
    }))
    .sort(byPath)
  return sha256(JSON.stringify({ files: sorted, id, kind }))
}

/** The `digestOf` of the prompts alone: it changes exactly when the wording of a prompt does. */
export function promptHashOf(
  kind: string,
  id: string,
  files: readonly FileEntry[],
  promptPaths: readonly string[],
): string {
  return digestOf(
    kind,
    id,
    files.filter((file) => promptPaths.includes(file.path)),
  )
}

/** JSON without blanks and with sorted keys, so that equal values have equal texts. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, field: unknown) =>
    typeof field === 'object' && field !== null && !Array.isArray(field)
      ? Object.fromEntries(Object.entries(field).sort(([a], [b]) => (a < b ? -1 : 1)))
      : field,
  )
}

/** One definition of the list that a release stages. */
export interface StagedDigest {
  kind: string
  id: string
  digest: string
  expectedVersion: number
}

/**
 * Hash of everything that a release stages: the SHA-256 of the lines `kind/id digest expectedVersion\n`, sorted by
 * code unit. The database computes the same hash with `collate "C"`; kinds and ids are ASCII.
 */
export function contentHash(items: readonly StagedDigest[]): string {
  const lines = items.map((item) => `${nameOf(item)} ${item.digest} ${item.expectedVersion}\n`)
  return sha256(lines.sort().join(''))
}

function byPath(a: { path: string }, b: { path: string }): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0
}
