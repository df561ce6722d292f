import { lstatSync } from 'node:fs'
import { sha256 } from '../../contract/digest.ts'

/** What the file system knows about the files of a folder without their content. */
export interface FolderStamp {
  /** Equal as long as no file was written, replaced, added, removed or renamed. */
  signature: string
  /** The time of the newest change, milliseconds since 1970. */
  newest: number
  /** The file system's id, which is the same for all of them. */
  device: number
}

/** Modification, change of the entry, size, entry and mode. */
const NUMBERS = 5

/**
 * Reads the stamp of a folder. git's index uses the same fields to find changed files (git, "racy-git").
 * @param paths the files and folders inside it, all of them, relative to it; the folder itself is added
 * @returns undefined if one of them does not exist, or if they are on several file systems
 */
export function readStamp(dir: string, paths: readonly string[]): FolderStamp | undefined {
  const numbers = new Float64Array((paths.length + 1) * NUMBERS)
  let newest = 0
  let device: number | undefined
  for (let index = -1; index < paths.length; index++) {
    const path = index < 0 ? dir : `${dir}/${paths[index]}`
    const stats = lstatSync(path, { throwIfNoEntry: false })
    if (!stats || (device !== undefined && stats.dev !== device)) return undefined
    device = stats.dev
    newest = Math.max(newest, stats.mtimeMs, stats.ctimeMs)
    const { mtimeMs, ctimeMs, size, ino, mode } = stats
    numbers.set([mtimeMs, ctimeMs, size, ino, mode], (index + 1) * NUMBERS)
  }
  return { signature: sha256(new Uint8Array(numbers.buffer)), newest, device: device ?? 0 }
}
