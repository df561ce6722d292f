import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { MOST_POINTER } from '../../contract/check/lfs-pointer.ts'
import { Failure } from '../../contract/failure.ts'
import type { Kind } from '../../contract/kind.ts'
import { type Named, nameOf } from '../../contract/name.ts'
import { ASSETS, type Source } from '../../contract/source.ts'
import type { Definitions, EntryOddity, GitEntry } from '../git/git-entries.ts'
import { type Blob, ObjectReader, type ObjectRequest, pairBlobs } from '../git/object-reader.ts'
import { readObjectsNow } from '../git/read-objects-now.ts'
import {
  type DefinitionFolder,
  type FolderContent,
  type FolderReading,
  readFile,
  toNamed,
} from './collect.ts'
import { assetFile, oddEntry, textFile, unreadable } from './source-file.ts'
import type { TreeFiles, WorkingTree } from './tree.ts'

/** A file of a tree of git objects; `disk` marks a file whose content is read from the working tree. */
export interface BlobEntry extends GitEntry {
  disk?: true
}

/** The input of a `BlobTree`. */
export interface BlobTreeInput {
  tree: WorkingTree
  /** A folder of the repository. */
  cwd: string
  definitions: Definitions<BlobEntry>
  /** Definitions that the commit has. */
  committed: Definitions<BlobEntry>
  /** Maximum bytes of objects that are cached for the next read of the same folder. */
  most?: number | undefined
}

/** The default of `most`. */
const MOST_CACHED = 32 * 1024 * 1024

/** Cached objects of one folder, by id. */
interface CachedFolder {
  blobs: ReadonlyMap<string, Blob>
  bytes: number
  assets: boolean
}

/** The definitions of a commit or an index, read from git's objects. */
export class BlobTree implements TreeFiles {
  private readonly input: BlobTreeInput
  private readonly objects: ObjectReader
  /** The oldest entry is first. */
  private readonly cache = new Map<string, CachedFolder>()
  private bytes = 0

  constructor(input: BlobTreeInput) {
    this.input = input
    this.objects = new ObjectReader(input.cwd)
  }

  list(kind: Kind): DefinitionFolder[] {
    const { folders, odd } = this.input.definitions
    const names = [...folders.keys(), ...odd.keys()].filter((name) => name.startsWith(`${kind.id}/`))
    return names.sort().map((name) => this.folder(kind, name.slice(kind.id.length + 1)))
  }

  folder(kind: Kind, id: string): DefinitionFolder {
    return new BlobFolder(this, kind, id)
  }

  holds(definition: Named): boolean {
    const { folders, odd } = this.input.committed
    const name = nameOf(definition)
    return folders.has(name) || odd.has(name)
  }

  /** The folder of all definitions, and how messages show it. */
  get tree(): WorkingTree {
    return this.input.tree
  }

  /** What stands in the place of a definition's folder. */
  findOddity(folder: DefinitionFolder): EntryOddity | undefined {
    return this.input.definitions.odd.get(nameOf(toNamed(folder)))
  }

  /** The entries of a definition's folder. */
  listEntriesIn(folder: DefinitionFolder): BlobEntry[] | undefined {
    return this.input.definitions.folders.get(nameOf(toNamed(folder)))
  }

  async prepare(folders: readonly DefinitionFolder[], { assets } = { assets: false }): Promise<void> {
    await Promise.all(
      folders.map(async (folder) => {
        const name = nameOf(toNamed(folder))
        const cached = this.cache.get(name)
        if (cached && (cached.assets || !assets)) return
        const requests = this.listWanted(folder, assets)
        const blobs = await Promise.all(requests.map((one) => this.objects.read(one)))
        const isWhole = assets || requests.every(({ most }) => most !== MOST_POINTER)
        this.keep(name, { ...pairBlobs(requests, blobs), assets: isWhole })
      }),
    )
  }

  private keep(name: string, fresh: CachedFolder): void {
    this.drop(name)
    this.cache.set(name, fresh)
    this.bytes += fresh.bytes
    for (const old of this.cache.keys()) {
      if (this.bytes <= (this.input.most ?? MOST_CACHED) || old === name) break
      this.drop(old)
    }
  }

  private drop(name: string): void {
    this.bytes -= this.cache.get(name)?.bytes ?? 0
    this.cache.delete(name)
  }

  /** What reading a folder needs: texts up to the size limit, and sizes and hashes of assets. */
  private listWanted(folder: DefinitionFolder, assets: boolean): ObjectRequest[] {
    const { kind } = folder
    return (this.listEntriesIn(folder) ?? [])
      .filter(({ mode, disk }) => !disk && (mode === 'file' || mode === 'executable'))
      .map(({ path, oid }) =>
        path.startsWith(ASSETS)
          ? { oid, most: assets ? Number.POSITIVE_INFINITY : MOST_POINTER, hash: true }
          : // The limit of a text, doubled because a text with CRLF line ends is longer.
            { oid, most: kind.limits.textBytes * 2, hash: false },
      )
  }

  /** Reads the files of a folder. */
  read(folder: DefinitionFolder): Source {
    const reading: FolderReading = { folder, files: [], findings: [], folders: [] }
    const entries = this.listEntriesIn(folder)
    if (folder.entry) reading.findings.push(oddEntry('.', folder.entry))
    else if (!entries) reading.findings.push(unreadable('.', 'ENOENT'))
    else {
      const blobs = this.cache.get(nameOf(toNamed(folder)))?.blobs ?? this.readNow(folder)
      for (const entry of entries) readEntry(reading, entry, blobs.get(entry.oid))
    }
    reading.files.sort((a, b) => (a.path < b.path ? -1 : 1))
    return { kind: folder.kind.id, id: folder.id, files: reading.files, findings: reading.findings }
  }

  private readNow(folder: DefinitionFolder): ReadonlyMap<string, Blob> {
    const requests = this.listWanted(folder, false)
    const fresh = { ...pairBlobs(requests, readObjectsNow(this.input.cwd, requests)), assets: false }
    this.keep(nameOf(toNamed(folder)), fresh)
    return fresh.blobs
  }

  /** The bytes of one asset of a folder. */
  asset(folder: DefinitionFolder, path: string): Uint8Array {
    const entry = this.listEntriesIn(folder)?.find((one) => one.path === path)
    const at = join(folder.dir, path)
    if (entry && !entry.disk) {
      const { oid } = entry
      const bytes = this.cache.get(nameOf(toNamed(folder)))?.blobs.get(oid)?.bytes
      return bytes ?? readNowWhole(this.input.cwd, oid)
    }
    try {
      return readFileSync(at)
    } catch (cause) {
      const message = `${at} could be listed but not read`
      throw new Failure('INPUT_UNREADABLE', message, 'check the file and run again', { at, cause })
    }
  }
}

function readNowWhole(cwd: string, oid: string): Uint8Array {
  const [blob] = readObjectsNow(cwd, [{ oid, most: Number.POSITIVE_INFINITY, hash: false }])
  return blob?.bytes ?? Buffer.alloc(0)
}

function readEntry(reading: FolderReading, { path, mode, disk }: BlobEntry, blob: Blob | undefined): void {
  const { files, findings } = reading
  if (mode !== 'file' && mode !== 'executable') findings.push(oddEntry(path, mode))
  else if (disk) readFile(reading, path, mode === 'executable')
  else if (path.includes('\uFFFD') || !blob) {
    findings.push(unreadable(path, blob ? 'its name is not UTF-8' : 'ENOENT'))
    files.push({ path, size: 0 })
  } else if (path.startsWith(ASSETS)) {
    const file = assetFile(path, blob.size, mode === 'executable', findings, () => blob.bytes)
    files.push({ ...file, ...(blob.sha256 ? { sha256: blob.sha256 } : {}) })
  } else files.push(blob.bytes ? textFile(path, blob.bytes, findings) : { path, size: blob.size })
}

/** One folder of a tree of git objects; there are as many as definitions, so it keeps what it can compute in the tree alone. */
class BlobFolder implements DefinitionFolder, FolderContent {
  readonly kind: Kind
  readonly id: string
  private readonly blobs: BlobTree

  constructor(blobs: BlobTree, kind: Kind, id: string) {
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
