import { join } from 'node:path'
import type { Kind } from '../../contract/kind.ts'
import { nameOf } from '../../contract/name.ts'
import type { Source } from '../../contract/source.ts'
import type { EntryOddity, GitEntry } from '../git/git-entry.ts'
import { type DefinitionFolder, type FolderContent, toNamed } from './collect.ts'

/** A file of a tree of git objects; `disk` marks a file whose content is read from the working tree. */
export interface BlobEntry extends GitEntry {
  disk?: true
}

/** What a folder asks its tree for. */
export interface FolderSource {
  readonly tree: { root: string; shownPath: string }
  findOddity(folder: DefinitionFolder): EntryOddity | undefined
  listEntriesIn(folder: DefinitionFolder): BlobEntry[] | undefined
  read(folder: DefinitionFolder): Source
  asset(folder: DefinitionFolder, path: string): Uint8Array
}

/** One folder of a tree of git objects; there are as many as definitions, so it keeps what it can compute in the tree alone. */
export class BlobFolder implements DefinitionFolder, FolderContent {
  readonly kind: Kind
  readonly id: string
  private readonly blobs: FolderSource

  constructor(blobs: FolderSource, kind: Kind, id: string) {
    this.blobs = blobs
    this.kind = kind
    this.id = id
  }

  get dir(): string {
    return join(this.blobs.tree.root, this.kind.id, this.id)
  }

  get shownPath(): string {
    return `${this.blobs.tree.shownPath}/${nameOf(toNamed(this))}`
  }

  get entry(): EntryOddity | undefined {
    return this.blobs.findOddity(this)
  }

  get from(): FolderContent {
    return this
  }

  get present(): boolean {
    return this.entry !== undefined || this.blobs.listEntriesIn(this) !== undefined
  }

  objects(): string[] | undefined {
    const entries = this.entry ? undefined : this.blobs.listEntriesIn(this)
    return entries && listObjects(entries)
  }

  read(): Source {
    return this.blobs.read(this)
  }

  asset(path: string): Uint8Array {
    return this.blobs.asset(this, path)
  }
}

function listObjects(entries: readonly BlobEntry[]): string[] | undefined {
  if (entries.some(({ disk, mode }) => disk || (mode !== 'file' && mode !== 'executable'))) return undefined
  return entries.map(({ mode, oid, path }) => `${mode} ${oid} ${path}`).sort()
}
