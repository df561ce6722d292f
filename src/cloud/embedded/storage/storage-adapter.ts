import { createHash, randomUUID } from 'node:crypto'
import { copyFile, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { App } from '@supabase/lite'
import { inParallel } from '../../../core/in-parallel.ts'

/** Where lite stores the bytes of objects. */
export type StorageAdapter = NonNullable<App['_storageAdapter']>
type Metadata = Awaited<ReturnType<StorageAdapter['headObject']>>
type ObjectBody = Parameters<StorageAdapter['uploadObject']>[3]

const SEGMENT = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,254}$/
/** Maximum number of files whose sizes are read at once. */
const FILES_AT_ONCE = 32
const TEMPORARY = '.uploading'

/**
 * Objects as files `<folder>/<bucket>/<key>`. A file appears under its name only when all its bytes are on the disk.
 * Bundles are content-addressed, so versions of an object are not distinguished.
 * @param onError called with the reason of a failed write: lite only answers that the write failed
 */
export function createStorageAdapter(folder: string, onError: (error: unknown) => void): StorageAdapter {
  const resolveFile = (bucket: string, key: string) => join(folder, ...safeSegments(bucket, key))
  return {
    driver: null,
    async uploadObject(bucket, key, _version, body, mimetype, cacheControl) {
      const file = resolveFile(bucket, key)
      const bytes = await readBytes(body)
      await replaceFile(join(folder, TEMPORARY), file, bytes).catch((error: unknown) => {
        onError(error)
        throw error
      })
      return { ...(await describe(file, mimetype, cacheControl)), eTag: etag(bytes) }
    },
    async getObject(bucket, key) {
      const body = await readInFolder(folder, bucket, key)
      if (!body) return { metadata: NOTHING, httpStatusCode: 404 }
      const facts = await describe(resolveFile(bucket, key))
      return { metadata: { ...facts, eTag: etag(body) }, httpStatusCode: 200, body }
    },
    headObject: (bucket, key) => describe(resolveFile(bucket, key)),
    deleteObject: (bucket, key) => rm(resolveFile(bucket, key), { force: true }),
    async deleteObjects(bucket, keys) {
      for (const key of keys) await rm(resolveFile(bucket, key), { force: true })
    },
    async copyObject(fromBucket, from, _version, toBucket, to) {
      const file = resolveFile(toBucket, to)
      await mkdir(dirname(file), { recursive: true })
      await copyFile(resolveFile(fromBucket, from), file)
      const { eTag, lastModified } = await describe(file)
      return { httpStatusCode: 200, eTag, lastModified }
    },
    privateAssetUrl: async (bucket, key) => `file://${resolveFile(bucket, key)}`,
  }
}

/** The sizes of the objects that have a file. */
export async function sizesInFolder(
  folder: string,
  bucket: string,
  keys: readonly string[],
): Promise<Map<string, number>> {
  const sizes = new Map<string, number>()
  await inParallel(keys, FILES_AT_ONCE, async (key) => {
    const file = await stat(join(folder, ...safeSegments(bucket, key))).catch(missingIsEmpty)
    if (file) sizes.set(key, file.size)
  })
  return sizes
}

/** The bytes of an object's file; undefined without a file. */
export async function readInFolder(folder: string, bucket: string, key: string): Promise<Buffer | undefined> {
  return readFile(join(folder, ...safeSegments(bucket, key))).catch(missingIsEmpty)
}

/** Keys become paths, so only plain names may pass: no `..`, no drive, no separator of any system, no hidden file. */
function safeSegments(bucket: string, key: string): string[] {
  const segments = [bucket, ...key.split('/')]
  const bad = segments.find((segment) => !SEGMENT.test(segment) || segment.endsWith('.'))
  if (bad !== undefined) throw new Error(`"${key}" cannot be an object's key because of "${bad}"`)
  return segments
}

export async function readBytes(body: ObjectBody): Promise<Uint8Array> {
  if (body instanceof Uint8Array) return body
  const chunks: Uint8Array[] = []
  for await (const chunk of body as AsyncIterable<Uint8Array>) chunks.push(chunk)
  return Buffer.concat(chunks)
}

async function replaceFile(temporaries: string, file: string, bytes: Uint8Array): Promise<void> {
  const draft = join(temporaries, randomUUID())
  try {
    await inFolder(temporaries, () => writeDurably(draft, bytes))
    await inFolder(dirname(file), () => rename(draft, file))
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
}

/** Does what needs a folder, which is usually there, and makes the folder if it is not. */
async function inFolder(folder: string, task: () => Promise<void>): Promise<void> {
  try {
    await task()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    await mkdir(folder, { recursive: true })
    await task()
  }
}

async function writeDurably(file: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(file, 'wx', 0o600)
  try {
    await handle.writeFile(bytes)
    await handle.datasync()
  } finally {
    await handle.close()
  }
}

async function describe(file: string, mimetype = 'application/gzip', cacheControl = ''): Promise<Metadata> {
  const { size, mtime } = await stat(file)
  return {
    cacheControl,
    contentLength: size,
    size,
    mimetype,
    lastModified: mtime,
    eTag: `"${size}"`,
    httpStatusCode: 200,
  }
}

/** The metadata of an object whose file is missing: lite answers 404 when the body is missing. */
export const NOTHING: Metadata = { cacheControl: '', contentLength: 0, size: 0, mimetype: '', eTag: '' }

function missingIsEmpty(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}

export function etag(body: Uint8Array): string {
  return `"${createHash('sha256').update(body).digest('hex')}"`
}
