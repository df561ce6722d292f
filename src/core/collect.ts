import { isUtf8 } from 'node:buffer'
import { closeSync, type Dirent, fstatSync, openSync, readdirSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { foldLines } from './contract/fold-lines.ts'
import { CORE_RULES } from './contract/rules.ts'
import { ASSETS, type Source, type SourceFile } from './contract/source.ts'
import { type Finding, reporter } from './diagnostic.ts'
import { Failure } from './failure.ts'
import type { Kind } from './kind.ts'

const report = reporter(CORE_RULES)

/** A definition's folder on disk. `shown` is the path that people see in findings, with `/`. */
export interface Folder {
  kind: Kind
  id: string
  dir: string
  shown: string
  /** Set when the folder's own entry is no folder (a symlink, a socket): reading it is a finding. */
  entry?: Dirent
}

/**
 * Lists the definition folders of one kind under `root`, sorted by name. A kind without a folder has none.
 * @throws Failure INPUT_UNREADABLE when the kind's folder exists and cannot be read
 */
export function listFolders(root: string, shownRoot: string, kind: Kind): Folder[] {
  const dir = join(root, kind.id)
  return entriesOf(dir)
    .filter((entry) => !entry.name.startsWith('.') && !entry.isFile())
    .map((entry) => ({
      kind,
      id: entry.name,
      dir: join(dir, entry.name),
      shown: `${shownRoot}/${kind.id}/${entry.name}`,
      ...(entry.isDirectory() ? {} : { entry }),
    }))
    .sort((a, b) => (a.id < b.id ? -1 : 1))
}

/** Reads one folder into a `Source`. What cannot be read becomes a finding; nothing is skipped and nothing throws. */
export function readSource(folder: Folder): Source {
  const reading: Reading = { folder, files: [], findings: [] }
  if (folder.entry) reading.findings.push(notAFile('.', folder.entry))
  else readFolder(reading, '')
  reading.files.sort((a, b) => (a.path < b.path ? -1 : 1))
  return { kind: folder.kind.id, id: folder.id, files: reading.files, findings: reading.findings }
}

interface Reading {
  folder: Folder
  files: SourceFile[]
  findings: Finding[]
}

function readFolder(reading: Reading, prefix: string): void {
  let entries: Dirent[]
  try {
    entries = readdirSync(join(reading.folder.dir, prefix), { withFileTypes: true })
  } catch (error) {
    reading.findings.push(unreadable(prefix.slice(0, -1) || '.', error))
    return
  }
  for (const entry of entries) {
    const path = `${prefix}${entry.name}`
    if (entry.isFile()) readFile(reading, path)
    else if (entry.isDirectory()) readFolder(reading, `${path}/`)
    else reading.findings.push(notAFile(path, entry))
  }
}

function readFile(reading: Reading, path: string): void {
  const { limits } = reading.folder.kind
  try {
    const fd = openSync(join(reading.folder.dir, path), 'r')
    try {
      reading.files.push(
        path.startsWith(ASSETS)
          ? { path, size: fstatSync(fd).size }
          : readText(reading, path, fd, limits.textBytes),
      )
    } finally {
      closeSync(fd)
    }
  } catch (error) {
    reading.findings.push(unreadable(path, error))
    reading.files.push({ path, size: 0 })
  }
}

/** One buffer for all text files: a text may be as large as the limit, twice over when it came with CRLF. */
let scratch = Buffer.alloc(0)

function readText(reading: Reading, path: string, fd: number, limit: number): SourceFile {
  const most = limit * 2 + 1
  if (scratch.length < most) scratch = Buffer.allocUnsafeSlow(most)
  let length = 0
  for (let read = -1; read !== 0 && length < most; length += read)
    read = readSync(fd, scratch, length, most - length, null)
  if (length === most) return { path, size: fstatSync(fd).size }
  const bytes = scratch.subarray(0, length)
  if (!isUtf8(bytes)) {
    reading.findings.push(
      report(
        'NOFX_FILE_ENCODING',
        { file: path },
        `${path} is not valid UTF-8`,
        `save it as UTF-8, or move it to ${ASSETS}`,
      ),
    )
    return { path, size: length }
  }
  const raw = bytes.toString('utf8', 0, length)
  const text = foldLines(raw)
  return { path, size: text === raw ? length : Buffer.byteLength(text), text }
}

function unreadable(path: string, error: unknown): Finding {
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown error'
  return report(
    'NOFX_FILE_UNREADABLE',
    { file: path },
    `${path} cannot be read (${code})`,
    'check that it exists and that you may read it',
  )
}

function notAFile(path: string, entry: Dirent): Finding {
  const what = entry.isSymbolicLink() ? 'a symbolic link' : 'neither a file nor a folder'
  return report(
    'NOFX_FILE_SYMLINK',
    { file: path },
    `${path} is ${what}`,
    'put the file itself into the folder',
  )
}

function entriesOf(dir: string): Dirent[] {
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
