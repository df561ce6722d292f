import type { GitEntry } from './git-entry.ts'

/** The entries of folders by the folder's name; a `Map` is one. */
export interface Folders<Entry> extends Iterable<[string, Entry[]]> {
  has(name: string): boolean
  get(name: string): Entry[] | undefined
  set(name: string, entries: Entry[]): unknown
  delete(name: string): boolean
  keys(): Iterable<string>
}

/** An entry, and whether its content is on the disk. */
type PackedEntry = GitEntry & { disk?: true }

/** The character between two entries, which no path may contain. */
const ENTRY_END = '\0'
/** Between the fields of an entry, of which the path is the last one. */
const FIELD_END = ' '

/**
 * Entries of folders, each folder as one string: the entries of 100,000 folders are 400,000 objects otherwise, which stay in
 * memory as long as the tree is used.
 */
export class PackedFolders<Entry extends PackedEntry = GitEntry> implements Folders<Entry> {
  private readonly packed = new Map<string, string>()
  /** The folder whose entries are being added, which come one after another. */
  private open: { name: string; parts: string[] } | undefined

  constructor(folders: Iterable<[string, Entry[]]> = []) {
    for (const [name, entries] of folders) this.set(name, entries)
  }

  /** Adds one entry to a folder. */
  add(name: string, entry: Entry): void {
    if (this.open?.name !== name) {
      this.close()
      const before = this.packed.get(name)
      this.open = { name, parts: before === undefined ? [] : [before] }
    }
    this.open?.parts.push(pack(entry))
  }

  has(name: string): boolean {
    this.close()
    return this.packed.has(name)
  }

  get(name: string): Entry[] | undefined {
    this.close()
    return this.packed
      .get(name)
      ?.split(ENTRY_END)
      .map((text) => unpack(text) as Entry)
  }

  set(name: string, entries: Entry[]): void {
    this.close()
    this.packed.set(name, entries.map(pack).join(ENTRY_END))
  }

  delete(name: string): boolean {
    this.close()
    return this.packed.delete(name)
  }

  keys(): Iterable<string> {
    this.close()
    return this.packed.keys()
  }

  *[Symbol.iterator](): Generator<[string, Entry[]]> {
    for (const name of this.keys()) yield [name, this.get(name) ?? []]
  }

  private close(): void {
    if (this.open) this.packed.set(this.open.name, this.open.parts.join(ENTRY_END))
    this.open = undefined
  }
}

function pack({ mode, oid, size, disk, path }: PackedEntry): string {
  return [mode, oid, size ?? '', disk ? 'disk' : '', path].join(FIELD_END)
}

function unpack(text: string): PackedEntry {
  const [mode = '', oid = '', size, disk, ...path] = text.split(FIELD_END)
  return {
    path: path.join(FIELD_END),
    mode: mode as GitEntry['mode'],
    oid,
    ...(size ? { size: Number(size) } : {}),
    ...(disk ? { disk: true as const } : {}),
  }
}
