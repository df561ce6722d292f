import type { DroppedFile } from '../model/definitions/dropped-folders.ts'

/** A dropped file with its content. */
export interface LocalFile extends DroppedFile {
  file: File
}

/** Files of a drop that are read; a whole disk that was dropped by mistake must not stop the page. */
const MOST = 5000

/** Folders that tools make: they hold no definitions, and may hold very many files. */
const SKIPPED = new Set(['node_modules', '.git', '.nofx'])

/** The files of a choice in the browser's own dialog. */
export function chosenFiles(list: FileList): LocalFile[] {
  return [...list]
    .map((file) => ({ path: file.webkitRelativePath || file.name, file }))
    .filter(({ path }) => !path.split('/').some((name) => SKIPPED.has(name)))
    .slice(0, MOST)
}

/** The files of dropped folders, read folder by folder. */
export async function droppedFiles(items: DataTransferItemList): Promise<LocalFile[]> {
  // The list is empty as soon as the event's handler has returned.
  const waiting = [...items].flatMap((item) => item.webkitGetAsEntry() ?? [])
  const files: LocalFile[] = []
  for (let entry = waiting.shift(); entry && files.length < MOST; entry = waiting.shift()) {
    if (SKIPPED.has(entry.name)) continue
    if (isFolder(entry)) waiting.push(...(await readFolder(entry)))
    else if (isFile(entry))
      files.push({ path: entry.fullPath.replace(/^\//, ''), file: await readFile(entry) })
  }
  return files
}

const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory
const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile

async function readFolder(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader()
  const all: FileSystemEntry[] = []
  // Browsers give at most a hundred entries at a time, and an empty list at the end.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((done, fail) => reader.readEntries(done, fail))
    if (some.length === 0) return all
    all.push(...some)
  }
}

const readFile = (entry: FileSystemFileEntry) => new Promise<File>((done, fail) => entry.file(done, fail))
