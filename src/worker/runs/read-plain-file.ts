import { constants } from 'node:fs'
import { lstat, open } from 'node:fs/promises'

/** The largest file of a run that is read, in bytes. */
export const MOST_BYTES = 32 * 1024 * 1024

/** A file as it was at one moment; `problem` says why it has no text, and `cut` that it is longer than its text. */
export interface PlainFile {
  text?: string
  problem?: string
  cut?: true
}

/** Without waiting at a pipe, and without following a link; Windows knows neither. */
const FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)

/**
 * Reads a file that another process may be writing. Links and everything that is not a file have a problem: whatever
 * a folder of runs has in it, nothing outside of it is read.
 * @returns undefined if the file does not exist
 */
export async function readPlainFile(path: string, most = MOST_BYTES): Promise<PlainFile | undefined> {
  try {
    const before = await lstat(path)
    if (before.isSymbolicLink()) return { problem: 'is a link, which is not followed' }
    if (!before.isFile()) return { problem: 'is not a file' }
    const file = await open(path, FLAGS)
    try {
      const stats = await file.stat()
      if (!stats.isFile()) return { problem: 'is not a file' }
      const buffer = Buffer.alloc(Math.min(stats.size, most))
      const { bytesRead } = await file.read(buffer, 0, buffer.length, 0)
      const text = buffer.toString('utf8', 0, bytesRead)
      return stats.size > most ? { text, cut: true } : { text }
    } finally {
      await file.close()
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    return { problem: `cannot be read (${code ?? 'unknown error'})` }
  }
}

/** Changes when the file does. */
export async function markFile(path: string): Promise<string> {
  const stats = await lstat(path).catch(() => undefined)
  return stats ? `${stats.ino} ${stats.size} ${stats.mtimeMs} ${stats.ctimeMs}` : '-'
}
