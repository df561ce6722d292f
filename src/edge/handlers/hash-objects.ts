import { sha256 } from '../../contract/digest.ts'
import { LARGEST_UPLOAD } from '../gateway/gateway-routes.ts'
import { malformed, Refusal } from '../http/refusal.ts'
import { call, type Rpc } from '../http/rpc.ts'
import type { StagedRow } from './stage.ts'

/** Reads and removes objects in the bucket of the bundles. */
export interface Objects {
  /** The bytes of an object; undefined when storage has none under that name. */
  read: (path: string) => Promise<Uint8Array | undefined>
  remove: (paths: string[]) => Promise<void>
}

/** An object as `registry_stored_objects` lists it. */
export interface StoredObject {
  path: string
  object: string
  size: number
  /** Hash of the archive that revisions refer to by that name; null when no revision does. */
  sha256: string | null
}

/** The most bytes that one call reads; publishers send at most half of it. */
const MOST_BYTES = 48 * 1024 * 1024
/** The most bundles in memory at once. */
const AT_ONCE = 4

/**
 * Hashes the stored bytes of each bundle, and records which object it read: the commit refuses another object. A bundle
 * larger than a publisher without a secret key can upload comes from the owner, so its size is enough. An object with
 * other bytes that no revision refers to is removed, so that the next publish can upload the right one.
 * @throws Refusal 422 NOFX_BUNDLE_CHANGED
 */
export async function hashObjects(
  kind: string,
  items: readonly StagedRow[],
  rpc: Rpc,
  objects: Objects,
): Promise<StagedRow[]> {
  const p_paths = items.map((item) => item.bundle_path)
  const storedObjects = (await call(rpc, 'registry_stored_objects', { p_paths })) as StoredObject[]
  const objectByPath = new Map(storedObjects.map((one) => [one.path, one]))
  const total = storedObjects.reduce((sum, { size }) => sum + (size > LARGEST_UPLOAD ? 0 : size), 0)
  if (total > MOST_BYTES)
    throw malformed(
      413,
      'hash',
      `the bundles of this call have ${total} bytes`,
      'stage fewer definitions in one call',
    )
  const staged: StagedRow[] = []
  for (let at = 0; at < items.length; at += AT_ONCE) {
    const some = items.slice(at, at + AT_ONCE)
    const rows = await Promise.all(some.map((one) => hashed(kind, one, objectByPath, objects)))
    for (const row of rows) staged.push(row)
  }
  return staged
}

async function hashed(
  kind: string,
  item: StagedRow,
  objectByPath: ReadonlyMap<string, StoredObject>,
  objects: Objects,
): Promise<StagedRow> {
  const there = objectByPath.get(item.bundle_path)
  // The commit refuses an object that could not be hashed here, even if it appears before the commit.
  if (!there) return { ...item, bundle_object: '' }
  const bytes = there.size > LARGEST_UPLOAD ? undefined : await objects.read(item.bundle_path)
  // Revisions of equal content share an object, which may have been packed by another zlib.
  const isRight = bytes
    ? sha256(bytes) === (there.sha256 ?? item.bundle_sha256)
    : there.size > LARGEST_UPLOAD && (there.sha256 !== null || there.size === item.bundle_size)
  if (isRight) return { ...item, bundle_object: there.object }
  if (there.sha256 !== null) throw refuse(kind, item, 'nofx registry verify --repair')
  await objects.remove([item.bundle_path])
  throw refuse(kind, item, 'publish again: it uploads the right one')
}

function refuse(kind: string, item: StagedRow, hint: string): Refusal {
  const { id, bundle_path: path } = item
  const message = `${path} has other bytes in storage than were published`
  const detail = { rule: 'NOFX_BUNDLE_CHANGED', bundles: [{ kind, id, path }] }
  return new Refusal(422, 'hash', { code: 'REFUSED', message, hint, detail })
}
