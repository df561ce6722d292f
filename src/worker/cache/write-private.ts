import { randomUUID } from 'node:crypto'
import { open, rename, rm } from 'node:fs/promises'

/** Suffix of a file that is still being written. */
export const UNFINISHED = '.tmp'

/** Writes a whole file or nothing, readable by this user alone. Several processes may write the same file at once. */
export async function writePrivate(path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomUUID()}${UNFINISHED}`
  try {
    const file = await open(temporary, 'wx', 0o600)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {})
    throw error
  }
}
