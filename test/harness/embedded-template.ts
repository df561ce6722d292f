import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { listMigrations } from '../../src/cloud/embedded/migrations.ts'
import { openCloud } from '../../src/cloud/embedded/open-cloud.ts'

const ROOT = join(import.meta.dirname, '../..')
const CACHE = join(ROOT, 'node_modules/.cache/nofx-tests')

/** Puts an empty embedded cloud with all migrations into `root`: copied, because making one takes seconds. */
export async function placeEmbedded(root: string): Promise<void> {
  cpSync(await template(), join(root, '.nofx'), { recursive: true, preserveTimestamps: true })
}

/** Made once for all test files and runs that have the same migrations and the same PGlite. */
async function template(): Promise<string> {
  const hash = createHash('sha256').update(readFileSync(join(ROOT, 'package-lock.json')))
  for (const { path } of listMigrations()) hash.update(path).update(readFileSync(path))
  const ready = join(CACHE, `embedded-${hash.digest('hex').slice(0, 16)}`)
  if (existsSync(ready)) return ready
  mkdirSync(CACHE, { recursive: true })
  const making = mkdtempSync(`${ready}-`)
  const cloud = await openCloud({ root: making })
  await cloud.close()
  try {
    renameSync(join(making, '.nofx'), ready)
  } catch (error) {
    // Another worker was faster; a folder that is there is complete.
    if (!existsSync(ready)) throw error
  }
  rmSync(making, { recursive: true, force: true })
  return ready
}
