import { mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Waits until the clock of a folder's file system is further than one step from the last write. */
export async function settle(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true })
  const at = () => {
    writeFileSync(join(folder, 'clock-of-the-test'), '')
    return statSync(join(folder, 'clock-of-the-test')).mtimeMs
  }
  for (const start = at(); at() < start + 25; ) await new Promise(setImmediate)
}
