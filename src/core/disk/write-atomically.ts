import { closeSync, fsyncSync, openSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'

/**
 * Writes a whole file or nothing: the content goes to a temporary file beside it, is flushed, and is renamed over
 * `path`. A device or a pipe is written directly, so that /dev/null does not become a file.
 * @param mode the permissions of the new file, from its first byte on
 * @param flush whether to wait until the disk has it: not needed where the file can be made again
 */
export function writeAtomically(
  path: string,
  content: string | Uint8Array,
  mode = 0o666,
  { flush = true } = {},
): void {
  const there = statSync(path, { throwIfNoEntry: false })
  if (there && !there.isFile() && !there.isDirectory()) {
    writeFileSync(path, content)
    return
  }
  const temporary = `${path}.${process.pid}.tmp`
  try {
    const fd = openSync(temporary, 'w', mode)
    try {
      writeFileSync(fd, content)
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
