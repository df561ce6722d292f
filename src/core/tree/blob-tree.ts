import { readFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import { MOST_POINTER } from '../../contract/check/lfs-pointer.ts'
import { Failure } from '../../contract/failure.ts'
import type { Kind } from '../../contract/kind.ts'
import { type Named, nameOf } from '../../contract/name.ts'
import { ASSETS, type Source } from '../../contract/source.ts'
import type { EntryOddity } from '../git/git-entry.ts'
import type { BlobEntry, Listing } from '../git/listing.ts'
import { type Blob, ObjectReader, type ObjectRequest, pairBlobs } from '../git/object-reader.ts'
import { readObjectsNow } from '../git/read-objects-now.ts'
import { keepHeapSmall } from '../small-heap.ts'
import {
  type DefinitionFolder,
  type FolderContent,
  type FolderReading,
  readFile,
  toNamed,
} from './collect.ts'
import { assetFile, oddEntry, textFile, unreadable } from './source-file.ts'
import type { TreeFiles, WorkingTree } from './tree.ts'

/** The input of a `BlobTree`. */
export interface BlobTreeInput {
  tree: WorkingTree
  /** A folder of the repository. */
  cwd: string
  definitions: Listing
  /** Definitions that the commit has, as `kind/id`. */
  committed: ReadonlySet<string>
  /** Maximum bytes of objects that are cached for the next read of the same folder. */
  most?: number | undefined
}

/** The default of `most`, and that of a tree with very many definitions. */
const MOST_CACHED = { few: 32 * 1024 * 1024, many: 8 * 1024 * 1024 }

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
  private readonly folders = new Map<Kind, DefinitionFolder[]>()
  private readonly most: number

  constructor(input: BlobTreeInput) {
    this.input = input
    this.most = input.most ?? MOST_CACHED[keepHeapSmall(input.definitions.names.size) ? 'many' : 'few']
    this.objects = new ObjectReader(input.cwd)
  }

  get tree(): WorkingTree {
    return this.input.tree
  }

  get definitions(): Listing {
    return this.input.definitions
  }

  list(kind: Kind): DefinitionFolder[] {
    const folders = this.folders.get(kind) ?? this.listFolders(kind)
    this.folders.set(kind, folders)
    return [...folders]
  }

  private listFolders(kind: Kind): DefinitionFolder[] {
    const start = `${kind.id}/`
    const names = [...this.input.definitions.names].filter((name) => name.startsWith(start))
    return names.sort().map((name) => this.folder(kind, name.slice(kind.id.length + 1)))
  }

  folder(kind: Kind, id: string): DefinitionFolder {
    return new BlobFolder(this, kind, id)
  }

  holds(definition: Named): boolean {
    return this.input.committed.has(nameOf(definition))
  }

  isReady(folder: DefinitionFolder): boolean {
    return this.cache.has(nameOf(toNamed(folder)))
  }

  async prepare(folders: readonly DefinitionFolder[], { assets } = { assets: false }): Promise<void> {
    await this.input.definitions.load(folders.map((folder) => nameOf(toNamed(folder))))
    await Promise.all(
      folders.map(async (folder) => {
        const name = nameOf(toNamed(folder))
        const cached = this.cache.get(name)
        // Among the newest again: what this batch needs is not dropped for its other folders.
        if (cached && (cached.assets || !assets)) return this.keep(name, cached)
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
      if (this.bytes <= this.most || old === name) break
      this.drop(old)
    }
  }

  private drop(name: string): void {
    this.bytes -= this.cache.get(name)?.bytes ?? 0
    this.cache.delete(name)
  }

  /** What reading a folder needs: texts up to the size limit, and sizes and hashes of assets. */
  private listWanted({ kind, id }: DefinitionFolder, assets: boolean): ObjectRequest[] {
    return this.input.definitions
      .entries(nameOf({ kind: kind.id, id }))
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
    const name = nameOf(toNamed(folder))
    const entries = folder.entry ? [] : this.input.definitions.entries(name)
    if (folder.entry) reading.findings.push(oddEntry('.', folder.entry))
    else if (entries.length === 0) reading.findings.push(unreadable('.', 'ENOENT'))
    else {
      const blobs = this.cache.get(name)?.blobs ?? this.readNow(folder)
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
    const entries = this.input.definitions.entries(nameOf(toNamed(folder)))
    const entry = entries.find((one) => one.path === path)
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
    return `${this.blobs.tree.root}${sep}${this.kind.id}${sep}${this.id}`
  }

  get shownPath(): string {
    return `${this.blobs.tree.shownPath}/${this.name}`
  }

  get entry(): EntryOddity | undefined {
    return this.blobs.definitions.findOddity(this.name)
  }

  get from(): FolderContent {
    return this
  }

  get present(): boolean {
    return this.blobs.definitions.names.has(this.name)
  }

  identify(): string | undefined {
    return this.blobs.definitions.identify(this.name)
  }

  read(): Source {
    return this.blobs.read(this)
  }

  asset(path: string): Uint8Array {
    return this.blobs.asset(this, path)
  }

  private get name(): string {
    return nameOf(toNamed(this))
  }
}
