import { closeSync, type Dirent, fstatSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs'
import { join, sep } from 'node:path'
import type { Finding } from '../../contract/diagnostic.ts'
import { Failure } from '../../contract/failure.ts'
import type { Kind } from '../../contract/kind.ts'
import { type Named, nameOf } from '../../contract/name.ts'
import { ASSETS, type Source, type SourceFile } from '../../contract/source.ts'
import type { EntryOddity } from '../git/git-entry.ts'
import { assetFile, oddEntry, textFile, unreadable } from './source-file.ts'

/** A definition's folder. `shownPath` is its path in findings, with `/`. */
export interface DefinitionFolder {
  kind: Kind
  id: string
  /** Its path on disk, whether or not it exists. */
  dir: string
  shownPath: string
  /** Set if the folder's own entry is not a folder (a symlink, a socket): reading it is a finding. */
  entry?: EntryOddity | undefined
  /** The source of its files, if it is not the disk. */
  from?: FolderContent
  /** What git knows about the files on disk. */
  view?: DiskView | undefined
}

/** A definition's files in a commit or an index. */
export interface FolderContent {
  readonly present: boolean
  /** Equal for equal content, made from the names of git's objects; undefined if a file is not an object. */
  identify(): string | undefined
  read(): Source
  /** @throws Failure NO_COMMIT, INPUT_UNREADABLE */
  asset(path: string): Uint8Array
}

/** What git knows about a working tree; all paths are relative to the definitions' root. */
export interface DiskView {
  /** Files that git ignores, and folders with a `/` at the end: they are not part of a definition. */
  ignored: ReadonlySet<string>
  /** Definitions that contain any of these, as `kind/id`. */
  touched: ReadonlySet<string>
  /** The executable files, if the file system does not keep the executable bit (`core.fileMode=false`). */
  executable?: ReadonlySet<string>
}

/** The bit of a file's mode that git checks. */
export const OWNER_MAY_RUN = 0o100

/**
 * Lists the definition folders of one kind on disk under `root`, sorted by name. A kind without a folder has none.
 * @throws Failure INPUT_UNREADABLE if the kind's folder exists and cannot be read
 */
export function listFolders(
  root: string,
  shownRoot: string,
  kind: Kind,
  view?: DiskView,
): DefinitionFolder[] {
  const place = { kind, dir: join(root, kind.id), shownPath: `${shownRoot}/${kind.id}`, view }
  return listEntries(place.dir)
    .filter(isFolderEntry)
    .map(
      (entry) => new DiskFolder(place, entry.name, entry.isDirectory() ? undefined : classifyOddity(entry)),
    )
    .filter((folder) => !isIgnored(folder))
    .sort((a, b) => (a.id < b.id ? -1 : 1))
}

/** The folder of a kind on disk. */
interface KindFolder {
  kind: Kind
  dir: string
  shownPath: string
  view: DiskView | undefined
}

/** One of as many folders as there are definitions, so it keeps what it shares with others in one place. */
class DiskFolder implements DefinitionFolder {
  readonly id: string
  readonly entry: EntryOddity | undefined
  private readonly place: KindFolder

  constructor(place: KindFolder, id: string, entry: EntryOddity | undefined) {
    this.place = place
    this.id = id
    this.entry = entry
  }

  get kind(): Kind {
    return this.place.kind
  }

  get dir(): string {
    return `${this.place.dir}${sep}${this.id}`
  }

  get shownPath(): string {
    return `${this.place.shownPath}/${this.id}`
  }

  get view(): DiskView | undefined {
    return this.place.view
  }
}

/** The ids that `listFolders` would list, without the look at what git ignores. Throws as it does. */
export function listIds(root: string, kind: { id: string }): string[] {
  const folders = listEntries(join(root, kind.id)).filter(isFolderEntry)
  return folders.map(({ name }) => name).sort()
}

function isFolderEntry(entry: Dirent): boolean {
  return !entry.name.startsWith('.') && !entry.isFile()
}

/** A source, with what else was seen on disk. */
export interface ReadSource extends Source {
  /** The folders inside the definition's folder, if it was read from the disk. */
  folders?: readonly string[]
}

/** Reads one folder into a `Source`. A file that cannot be read becomes a finding; no content makes it throw. */
export function readSource(folder: DefinitionFolder): ReadSource {
  if (folder.from) return folder.from.read()
  const { files, findings, folders } = readWhole(folder)
  return { kind: folder.kind.id, id: folder.id, files, findings, folders }
}

/** The state of reading a folder. */
export interface FolderReading {
  folder: DefinitionFolder
  files: SourceFile[]
  findings: Finding[]
  /** Folders inside it, which only the disk has. */
  folders: string[]
}

function readWhole(folder: DefinitionFolder): FolderReading {
  const reading: FolderReading = { folder, files: [], findings: [], folders: [] }
  if (folder.entry) reading.findings.push(oddEntry('.', folder.entry))
  else readFolder(reading, '')
  reading.files.sort((a, b) => (a.path < b.path ? -1 : 1))
  return reading
}

function readFolder(reading: FolderReading, prefix: string): void {
  const { folder, findings } = reading
  let entries: Dirent[]
  try {
    entries = readdirSync(`${folder.dir}/${prefix}`, { withFileTypes: true })
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error'
    findings.push(unreadable(prefix.slice(0, -1) || '.', code))
    return
  }
  const ignored = folder.view?.ignored
  for (const entry of entries) {
    const path = `${prefix}${entry.name}`
    const isFolder = entry.isDirectory()
    if (ignored?.has(`${nameOf(toNamed(folder))}/${path}${isFolder ? '/' : ''}`)) continue
    if (entry.name === '.git') findings.push(oddEntry(prefix.slice(0, -1) || '.', 'submodule'))
    else if (entry.isFile()) readFile(reading, path)
    else if (isFolder) {
      reading.folders.push(path)
      readFolder(reading, `${path}/`)
    } else findings.push(oddEntry(path, classifyOddity(entry)))
  }
}

/** Reads one file of a folder on disk; an unreadable file becomes a finding. */
export function readFile(reading: FolderReading, path: string, executable?: boolean): void {
  const { folder, files, findings } = reading
  try {
    const fd = openSync(`${folder.dir}/${path}`, 'r')
    try {
      files.push(
        path.startsWith(ASSETS)
          ? readAsset(reading, path, fd, executable)
          : readText(findings, path, fd, folder.kind.limits.textBytes),
      )
    } finally {
      closeSync(fd)
    }
  } catch (error) {
    findings.push(unreadable(path, (error as NodeJS.ErrnoException).code ?? 'unknown error'))
    files.push({ path, size: 0 })
  }
}

function readAsset(
  { folder, findings }: FolderReading,
  path: string,
  fd: number,
  executableBit?: boolean,
): SourceFile {
  const { size, mode } = fstatSync(fd)
  const isExecutable = folder.view?.executable?.has(`${nameOf(toNamed(folder))}/${path}`)
  const executable = executableBit ?? isExecutable ?? (mode & OWNER_MAY_RUN) !== 0
  return assetFile(path, size, executable, findings, () => readFileSync(fd))
}

/**
 * One buffer for all text files. It has twice the size limit of a text, because a text with CRLF line ends is longer.
 */
let scratch = Buffer.alloc(0)

function readText(findings: Finding[], path: string, fd: number, limit: number): SourceFile {
  const most = limit * 2 + 1
  if (scratch.length < most) scratch = Buffer.allocUnsafeSlow(most)
  let length = 0
  for (let read = -1; read !== 0 && length < most; length += read)
    read = readSync(fd, scratch, length, most - length, null)
  if (length === most) return { path, size: fstatSync(fd).size }
  return textFile(path, scratch.subarray(0, length), findings)
}

/** The type of an entry that is neither a file nor a folder. */
function classifyOddity(entry: Dirent): EntryOddity {
  return entry.isSymbolicLink() ? 'symlink' : 'other'
}

/** Whether git ignores every file in a folder, so that the folder does not exist for git. */
function isIgnored(folder: DefinitionFolder): boolean {
  const { view } = folder
  if (!view?.touched.has(nameOf(toNamed(folder)))) return false
  if (view.ignored.has(`${nameOf(toNamed(folder))}/`)) return true
  const { files, findings } = readWhole(folder)
  return files.length === 0 && findings.length === 0
}

/** The kind and id of a folder, even if nothing in it can be read. */
export function toNamed({ kind, id }: DefinitionFolder): Named {
  return { kind: kind.id, id }
}

function listEntries(dir: string): Dirent[] {
  try {
    return readdirSync(dir, { withFileTypes: true })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw new Failure(
      'INPUT_UNREADABLE',
      `${dir} cannot be read (${(error as NodeJS.ErrnoException).code})`,
      'check that it is a folder and that you may read it',
      { at: dir, cause: error },
    )
  }
}
