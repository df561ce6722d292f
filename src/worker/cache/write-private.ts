import { randomUUID } from 'node:crypto'
import { open, rename, rm } from 'node:fs/promises'

/** What a file that is not whole yet ends in. */
export const UNFINISHED = '.tmp'

/** Writes a whole file or nothing, for this user alone. Others may write the same file at the same time. */
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
