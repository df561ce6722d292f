import { createHash, randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { listMigrations } from '../../src/cloud/embedded/database/migrations.ts'

const ROOT = join(import.meta.dirname, '../..')
const CACHE = join(ROOT, 'node_modules/.cache/nofx-tests')

let inputs: string | undefined

/**
 * The path of a file or folder that is made once for all test files and runs with the same migrations and packages.
 * `make` creates it at the path that it gets; if several workers do so at once, the first to finish counts.
 */
export async function kept(name: string, make: (path: string) => Promise<void>): Promise<string> {
  inputs ??= hashInputs()
  const ready = join(CACHE, `${name}-${inputs}`)
  if (existsSync(ready)) return ready
  mkdirSync(CACHE, { recursive: true })
  const making = `${ready}-${randomUUID()}`
  await make(making)
  try {
    renameSync(making, ready)
  } catch (error) {
    // Another worker was faster; an existing folder is complete.
    if (!existsSync(ready)) throw error
    rmSync(making, { recursive: true, force: true })
  }
  return ready
}

function hashInputs(): string {
  const hash = createHash('sha256').update(readFileSync(join(ROOT, 'package-lock.json')))
  for (const { path } of listMigrations()) hash.update(path).update(readFileSync(path))
  return hash.digest('hex').slice(0, 16)
}
