import { randomUUID } from 'node:crypto'
import type { SupabaseClient } from '@supabase/supabase-js'

/** Where Supabase accepts large objects in chunks; the embedded cloud's storage does not serve this path. */
export const RESUMABLE = '/storage/v1/upload/resumable'

/** The largest upload, bytes: larger than any bundle, and small enough for memory. */
const MAX_BYTES = 512 * 1024 * 1024
/** The most unfinished uploads; a further one replaces the oldest. */
const MAX_UNFINISHED = 8

interface Upload {
  length: number
  bucket: string
  path: string
  type: string
  bytes: Buffer
}

interface Store {
  client: SupabaseClient
  uploads: Map<string, Upload>
}

/**
 * The server's half of TUS 1.0 with creation-with-upload, as far as publishers use
 * it: a holder of the secret key sends an object in chunks, and the last chunk
 * stores it. Unfinished uploads are in memory, and are lost when the server ends.
 */
export function createResumableUploads(client: SupabaseClient, secretKey: string) {
  const store: Store = { client, uploads: new Map() }
  return async (request: Request): Promise<Response> => {
    if (request.headers.get('authorization') !== `Bearer ${secretKey}`) return answer(403, 'Unauthorized')
    const id = new URL(request.url).pathname.slice(RESUMABLE.length + 1)
    if (request.method === 'POST' && id === '') return create(request, store)
    const upload = store.uploads.get(id)
    if (!upload) return answer(404, 'the upload does not exist')
    if (request.method === 'HEAD') return new Response(null, { headers: progress(upload) })
    if (request.method !== 'PATCH') return answer(405, 'send POST, PATCH or HEAD')
    if (Number(request.headers.get('upload-offset')) !== upload.bytes.length)
      return answer(409, `the upload continues at ${upload.bytes.length}`)
    return append(id, upload, request, store)
  }
}

async function create(request: Request, store: Store): Promise<Response> {
  const { bucketName: bucket = '', objectName: path = '', contentType } = parseMetadata(request)
  const length = Number(request.headers.get('upload-length') ?? Number.NaN)
  if (!bucket || !path || !Number.isSafeInteger(length) || length < 1)
    return answer(400, 'an upload names its length, its bucket and its object')
  if (length > MAX_BYTES) return answer(413, `an object has at most ${MAX_BYTES} bytes`)
  const there = await store.client.storage.from(bucket).exists(path)
  if (there.data) return answer(409, 'The resource already exists')
  const [oldest] = store.uploads.keys()
  if (oldest && store.uploads.size >= MAX_UNFINISHED) store.uploads.delete(oldest)
  const id = randomUUID()
  const upload = {
    length,
    bucket,
    path,
    type: contentType || 'application/octet-stream',
    bytes: Buffer.alloc(0),
  }
  store.uploads.set(id, upload)
  return append(id, upload, request, store)
}

async function append(
  id: string,
  upload: Upload,
  request: Request,
  { client, uploads }: Store,
): Promise<Response> {
  const bytes = Buffer.concat([upload.bytes, Buffer.from(await request.arrayBuffer())])
  if (bytes.length > upload.length) return answer(413, 'the upload is larger than its declared length')
  upload.bytes = bytes
  if (bytes.length === upload.length) {
    uploads.delete(id)
    const { bucket, path, type: contentType } = upload
    const { error } = await client.storage.from(bucket).upload(path, bytes, { contentType })
    if (error) return answer(Number((error as { status?: number }).status ?? 500), error.message)
  }
  const created = request.method === 'POST'
  const location = created ? { location: `${RESUMABLE}/${id}` } : undefined
  return new Response(null, { status: created ? 201 : 204, headers: { ...location, ...progress(upload) } })
}

const VERSION = { 'tus-resumable': '1.0.0', 'cache-control': 'no-store' }

function progress({ bytes, length }: Upload): Record<string, string> {
  return { ...VERSION, 'upload-offset': String(bytes.length), 'upload-length': String(length) }
}

function answer(status: number, message: string): Response {
  return Response.json({ message }, { status, headers: VERSION })
}

/** Parses `name base64,name base64`, the metadata syntax of TUS. */
function parseMetadata(request: Request): Record<string, string> {
  const pairs = (request.headers.get('upload-metadata') ?? '')
    .split(',')
    .map((pair) => pair.trim().split(' '))
  return Object.fromEntries(
    pairs.map(([name = '', value = '']) => [name, Buffer.from(value, 'base64').toString()]),
  )
}
