import { randomBytes, randomUUID } from 'node:crypto'
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import * as z from 'zod'
import { corrupt, type DataFolder } from './database/data-folder.ts'

const keysShape = z.strictObject({
  publishable: z.string().regex(/^sb_publishable_[\w-]{20,}$/),
  secret: z.string().regex(/^sb_secret_[\w-]{20,}$/),
  jwtSecret: z.string().min(32),
})

/** The keys of one embedded cloud. They are valid for the folder beside them alone. */
export type Keys = z.infer<typeof keysShape>

/**
 * Reads the folder's keys, or creates them at the first open (mode 0600).
 * @throws Failure EMBEDDED_CORRUPT, never with the file's content
 */
export function loadKeys(folder: DataFolder): Keys {
  const text = readIfThere(folder) ?? createKeys(folder)
  try {
    return keysShape.parse(JSON.parse(text))
  } catch {
    throw corrupt(folder, `"${folder.keys}" does not hold the keys of an embedded cloud`, folder.keys)
  }
}

function readIfThere(folder: DataFolder): string | undefined {
  try {
    return readFileSync(folder.keys, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return undefined
    if (code === 'EISDIR') throw corrupt(folder, `"${folder.keys}" is not a file`, folder.keys, error)
    throw error
  }
}

/** A database URL takes no lock, so two processes may create keys at once: the first `link` wins. */
function createKeys(folder: DataFolder): string {
  const keys: Keys = {
    publishable: `sb_publishable_${randomBytes(24).toString('base64url')}`,
    secret: `sb_secret_${randomBytes(24).toString('base64url')}`,
    jwtSecret: randomBytes(48).toString('base64url'),
  }
  const draft = `${folder.keys}.${randomUUID()}`
  writeFileSync(draft, `${JSON.stringify(keys, null, 2)}\n`, { mode: 0o600 })
  try {
    linkSync(draft, folder.keys)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    rmSync(draft)
  }
  return readFileSync(folder.keys, 'utf8')
}
