import type { SupabaseClient } from '@supabase/supabase-js'
import * as z from 'zod'
import { sha256 } from '../../contract/digest.ts'
import { Failure } from '../../contract/failure.ts'
import type { Registry } from '../../core/registry/registry.ts'
import type { BundleRef } from '../../core/registry/revision.ts'
import { isDuplicate } from '../../edge/handlers/report-storage.ts'
import { asking, fitting } from './ask.ts'
import { measureBundles, type ReadSizes, type StorageFetch } from './bundle-sizes.ts'
import { type RemoteError, remoteFailure } from './remote-failure.ts'
import { digest, line } from './shapes.ts'
import { type ResumableTarget, uploadResumable } from './upload-resumable.ts'

const BUCKET = 'registry'
/** Supabase advises resumable uploads above this size, bytes. */
const STANDARD_LIMIT = 6 * 1024 * 1024
/** Bundles in one query; the request's body is about 100 KB. */
const ASK_AT_ONCE = 500

const userRow = z.object({ bundle_sha256: digest })

type BundleStorage = Pick<Registry, 'stored' | 'upload' | 'download' | 'readSizes'>

interface Doors {
  resumable?: ResumableTarget
  storageFetch?: StorageFetch
  /** Asks storage for many sizes at once; without it, they are requested over HTTP. */
  readSizes?: ReadSizes
  removeDamaged?: RemoveDamaged
}

/** Calls a SQL function that changes nothing. */
type CallRead = (
  name: string,
  args: Record<string, unknown>,
) => Promise<{ data?: unknown; error?: RemoteError | null; status?: number }>

/** Removes an object whose bytes are not those that its revisions refer to; the other side checks that. */
export type RemoveDamaged = (path: string) => Promise<Response>

/** What all operations on the bucket need. */
interface Bucket extends Doors {
  client: SupabaseClient
  label: string
  objects: ReturnType<SupabaseClient['storage']['from']>
}

/**
 * Bundles in the bucket `registry`. Objects are content-addressed: they are created and read, and hardly ever replaced.
 */
export function createBundleStorage(client: SupabaseClient, label: string, doors: Doors = {}): BundleStorage {
  const bucket: Bucket = { ...doors, client, label, objects: client.storage.from(BUCKET) }
  const byDownload = async (path: string) => (await download(bucket, path).catch(missingIsUndefined))?.length
  return {
    stored: (bundles) => findStored({ rpc: async (name, args) => client.rpc(name, args), label }, bundles),
    upload: (bundle, archive) => upload(bucket, bundle, archive),
    download: (path) => download(bucket, path),
    readSizes: (paths, onRead = () => {}) =>
      measureBundles({ ...doors, bucket: BUCKET, label, byDownload }, paths, onRead),
  }
}

/** Which of these bundles storage has with the right size, by `registry_stored_bundles`. */
export async function findStored(
  { rpc, label }: { rpc: CallRead; label: string },
  bundles: readonly BundleRef[],
): Promise<Set<string>> {
  const storedPaths = new Set<string>()
  for (let at = 0; at < bundles.length; at += ASK_AT_ONCE) {
    const p_bundles = bundles.slice(at, at + ASK_AT_ONCE)
    const { data, error, status } = await rpc('registry_stored_bundles', { p_bundles })
    if (error) throw remoteFailure(label, 'look for bundles', { ...error, status })
    const paths = new Set(p_bundles.map((bundle) => bundle.path))
    for (const path of fitting(label, 'look for bundles', z.array(line(512)), data))
      if (paths.has(path)) storedPaths.add(path)
  }
  return storedPaths
}

async function send(
  { objects, resumable }: Bucket,
  bundle: BundleRef,
  archive: Uint8Array,
): Promise<RemoteError | undefined> {
  if (resumable && archive.length > STANDARD_LIMIT) return uploadResumable(resumable, BUCKET, bundle, archive)
  const { error } = await objects.upload(bundle.path, archive, {
    contentType: 'application/gzip',
    cacheControl: '31536000',
    upsert: false,
  })
  return error ?? undefined
}

async function upload(bucket: Bucket, bundle: BundleRef, archive: Uint8Array): Promise<void> {
  const { label } = bucket
  const what = `store ${bundle.path}`
  let error = await send(bucket, bundle, archive)
  // Of two simultaneous uploads of one object lite fails the
  // second with a 5xx, and reports a duplicate only on a retry.
  if (error && Number(error.status) >= 500) error = await send(bucket, bundle, archive)
  if (error && isDuplicate(error)) {
    if (await isSettled(bucket, bundle)) return
    const refused = await remove(bucket, bundle.path)
    if (refused) throw remoteFailure(label, `replace ${bundle.path}`, refused)
    error = await send(bucket, bundle, archive)
  }
  if (error) throw remoteFailure(label, what, error)
}

async function remove({ objects, removeDamaged }: Bucket, path: string): Promise<RemoteError | undefined> {
  if (!removeDamaged) return (await objects.remove([path])).error ?? undefined
  const answer = await removeDamaged(path)
  if (answer.ok) return undefined
  const error = (await answer.json().catch(() => ({}))) as RemoteError
  return { ...error, status: answer.status }
}

/**
 * Whether the stored object may stay: it is the wanted one, or the one that revisions refer to. Otherwise it is
 * damaged, or left over from an upload that never became a revision.
 */
async function isSettled(bucket: Bucket, bundle: BundleRef): Promise<boolean> {
  const { client, label } = bucket
  const users = client
    .from('registry_revisions')
    .select('bundle_sha256')
    .eq('bundle_path', bundle.path)
    .is('withdrawn_at', null)
  const what = `look for users of ${bundle.path}`
  const [user] = await asking(label)(what, userRow, users.limit(1))
  const there = await download(bucket, bundle.path).catch(missingIsUndefined)
  const digest = user?.bundle_sha256 ?? bundle.sha256
  if (there && sha256(there) === digest) return true
  if (digest === bundle.sha256) return false
  throw new Failure(
    'REMOTE_FAILED',
    `${label} holds other bytes at ${bundle.path} than its revisions were published with`,
    'nofx registry verify --repair',
    { at: label },
  )
}

async function download({ objects, label }: Bucket, path: string): Promise<Uint8Array> {
  const { data, error } = await objects.download(path)
  if (data) return new Uint8Array(await data.arrayBuffer())
  if (isMissing(error))
    throw new Failure('NOT_FOUND', `${label} has no bundle ${path}`, 'nofx registry verify --repair', {
      at: label,
    })
  throw remoteFailure(label, `read ${path}`, error)
}

function missingIsUndefined(error: unknown): undefined {
  if (!(error instanceof Failure && error.code === 'NOT_FOUND')) throw error
}

function isMissing(error: RemoteError | null): boolean {
  return error?.status === 404 || String(error?.statusCode) === '404'
}
