import { existsSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import type { Base } from './base.ts'
import type { Imported } from './existing.ts'

/** How a source is related to the one that a definition was imported from. */
export type Relation = 'same' | 'moved' | 'other'

/** The source that is imported now: a folder, a path below it, and the hash of its text. */
export interface Origin {
  /** The definitions root. */
  root: string
  /** Absolute. */
  base: string
  source: string
  sha256: string
}

/** A start folder as a base records it: relative to the definitions root, with `/`. */
export function relativeBase({ root, base }: Pick<Origin, 'root' | 'base'>): string {
  return relative(root, base).replaceAll('\\', '/') || '.'
}

/** Where the source of a base lies on this disk, if it is the disk that the import was made on. */
export function resolveSource(root: string, from: string, source: string): string {
  return resolve(root, from, source)
}

/**
 * Whether a source is the one that a definition came from: the same file, or the same text under another path. It has
 * moved when the earlier file is gone from a folder that is still there.
 */
export function relate(now: Origin, { record }: Imported, before: Base | undefined): Relation {
  const isText = record.sourceSha256 === now.sha256
  if (!before) return isText || record.source === now.source ? 'same' : 'other'
  const old = resolveSource(now.root, before.from, record.source)
  if (old === join(now.base, now.source)) return 'same'
  if (existsSync(old)) return isText ? 'same' : 'other'
  if (record.source === now.source) return 'same'
  return existsSync(resolve(now.root, before.from)) ? 'moved' : 'other'
}
