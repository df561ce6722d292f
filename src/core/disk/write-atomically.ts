import {
  closeSync,
  fsyncSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { isPidRunning } from './process-identity.ts'

const TEMPORARY = /^(.+)\.([1-9][0-9]{0,9})\.tmp$/s

/**
 * Writes a whole file or nothing: the content goes to a temporary file beside it, is flushed, and is renamed over
 * `path`. A device or a pipe is written directly, so that /dev/null does not become a file.
 * @param content the whole content, or a function that writes it
 * @param mode the permissions of the new file, from its first byte on
 * @param flush whether to wait until the disk has it: not needed where the file can be made again
 */
export function writeAtomically(
  path: string,
  content: string | Uint8Array | ((fd: number) => void),
  mode = 0o666,
  { flush = true } = {},
): void {
  const write = typeof content === 'function' ? content : (fd: number) => writeFileSync(fd, content)
  const there = statSync(path, { throwIfNoEntry: false })
  if (there && !there.isFile() && !there.isDirectory()) {
    const fd = openSync(path, 'w')
    try {
      write(fd)
    } finally {
      closeSync(fd)
    }
    return
  }
  const temporary = `${path}.${process.pid}.tmp`
  try {
    const fd = openSync(temporary, 'w', mode)
    try {
      write(fd)
      if (flush) fsyncSync(fd)
    } finally {
      closeSync(fd)
    }
    renameSync(temporary, path)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
}

/** Removes what killed processes left of the files with these names in a folder; of other files nothing. */
export function removeLeftovers(folder: string, names: ReadonlySet<string>): void {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const [, name = '', pid] = TEMPORARY.exec(entry.name) ?? []
    if (entry.isFile() && names.has(name) && !isPidRunning(Number(pid)))
      rmSync(join(folder, entry.name), { force: true })
  }
}
