import { cpSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { openCloud } from '../../src/cloud/embedded/open-cloud.ts'
import { kept } from './kept.ts'

/** Puts an empty embedded cloud with all migrations into `root`. It is copied, because making one takes seconds. */
export async function placeEmbedded(root: string): Promise<void> {
  cpSync(await embeddedTemplate(), join(root, '.nofx'), { recursive: true, preserveTimestamps: true })
}

/** The folder that every `.nofx/` may be copied from. */
export function embeddedTemplate(): Promise<string> {
  return kept('embedded', async (path) => {
    const making = `${path}-root`
    const cloud = await openCloud({ root: making })
    await cloud.close()
    renameSync(join(making, '.nofx'), path)
    rmSync(making, { recursive: true, force: true })
  })
}
