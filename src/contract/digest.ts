import crypto from 'node:crypto'
import type { FileEntry } from './kind.ts'
import { nameOf } from './name.ts'

/** A SHA-256 as everything here writes it: 64 hex digits in lower case. */
export const SHA256 = /^[0-9a-f]{64}$/

/** SHA-256 in lower-case hex. A string is hashed as UTF-8. */
export function sha256(content: string | Uint8Array): string {
  // `hash` is Node's one-shot call, twice as fast on small texts; older runtimes lack it.
  if (typeof crypto.hash === 'function') return crypto.hash('sha256', content, 'hex')
  return crypto.createHash('sha256').update(content).digest('hex')
}

/**
 * A definition's digest: SHA-256 of the JSON text, without blanks,
 * `{"files":[{"path":…,"sha256":…,"size":…},…],"id":…,"kind":…}`
 * with the files sorted by the UTF-16 code units of their paths. A file that may be run as a program has
 * `"executable":true` before its path. It does not depend on any archive's encoding.
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

/** `digestOf` over the prompts alone: moves exactly when the wording does. */
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

/** JSON without blanks and with sorted keys: equal values, equal text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, field: unknown) =>
    typeof field === 'object' && field !== null && !Array.isArray(field)
      ? Object.fromEntries(Object.entries(field).sort(([a], [b]) => (a < b ? -1 : 1)))
      : field,
  )
}

/** What a release stages: one line a definition. */
export interface StagedItem {
  kind: string
  id: string
  digest: string
  expectedVersion: number
}

/**
 * Hash of everything a release stages: SHA-256 of the lines `kind/id digest expectedVersion\n`, sorted by code unit.
 * The database computes the same with `collate "C"`; kinds and ids are ASCII.
 */
export function contentHash(items: readonly StagedItem[]): string {
  const lines = items.map((item) => `${nameOf(item)} ${item.digest} ${item.expectedVersion}\n`)
  return sha256(lines.sort().join(''))
}

function byPath(a: { path: string }, b: { path: string }): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0
}
