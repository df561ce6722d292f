import * as z from 'zod'
import { listFlat, type ReadSizesInBucket } from './list-flat.ts'
import { listObjects, type StorageHandler } from './list-objects.ts'

const SERVICE = '/storage/v1'
const SIGN = `${SERVICE}/object/sign/`
const INFO = `${SERVICE}/object/info/`
/** Signs several URLs of one bucket, whose name is in the path. */
const SIGN_MANY = /^\/storage\/v1\/object\/sign\/([^/]+)$/
const MISSING = 'Either the object does not exist or you do not have access to it'
const LIST = /^\/storage\/v1\/object\/list\/[^/]+$/
/** lite takes the name of the route for the name of a bucket. */
const LIST_V2 = /^\/storage\/v1\/object\/list-v2\/([^/]+)$/
const REFUSED = { statusCode: '400', error: 'InvalidRequest', message: 'expiresIn or paths are not valid' }

const manyShape = z.object({ expiresIn: z.int().min(1), paths: z.array(z.string().max(1024)).max(1000) })
/** lite's information about an object: the row, with what its adapter reported. */
const infoShape = z.looseObject({
  updated_at: z.string().optional(),
  metadata: z.looseObject({
    size: z.number(),
    mimetype: z.string().optional(),
    eTag: z.string().optional(),
    cacheControl: z.string().optional(),
  }),
})

/**
 * Answers a request to storage as Supabase does, where lite 0.10 differs: a missing object is a 404 for HEAD, `info`
 * has the size, a list has one level of folders, signed URLs are spelled `signedURL`, and several of them can be
 * requested at once. `readSizes` measures objects for a flat list, which lite does not have.
 */
export async function answerStorage(
  request: Request,
  ask: StorageHandler,
  readSizes: ReadSizesInBucket,
): Promise<Response> {
  const { method } = request
  const { pathname } = new URL(request.url)
  const [, bucket] = SIGN_MANY.exec(pathname) ?? []
  if (bucket && method === 'POST') return signMany(request, bucket, ask)
  const [, listedBucket] = LIST_V2.exec(pathname) ?? []
  if (listedBucket && method === 'POST') return listFlat(request, listedBucket, { ask, readSizes })
  if (LIST.test(pathname) && method === 'POST') return listObjects(request, ask)
  const response = await ask(request)
  if (method === 'HEAD' && response.status === 400 && pathname.startsWith(`${SERVICE}/object/`))
    return new Response(null, { status: 404, headers: response.headers })
  if (!response.ok) return response
  if (method === 'GET' && pathname.startsWith(INFO)) return Response.json(describe(await response.json()))
  if (method === 'POST' && pathname.startsWith(SIGN)) return Response.json(respell(await response.json()))
  return response
}

function describe(row: unknown): unknown {
  const { data } = infoShape.safeParse(row)
  if (!data) return row
  const { size, mimetype, eTag, cacheControl } = data.metadata
  const fields = { content_type: mimetype, etag: eTag, cache_control: cacheControl }
  return { ...data, size, ...fields, last_modified: data.updated_at }
}

/** A URL for each path, or why it has none, in the order of the paths. */
async function signMany(request: Request, bucket: string, ask: StorageHandler): Promise<Response> {
  const { data } = manyShape.safeParse(parsed(await request.text()))
  if (!data) return Response.json(REFUSED, { status: 400 })
  const headers = new Headers(request.headers)
  headers.delete('content-length')
  const post = (url: string, text: string) => new Request(url, { method: 'POST', headers, body: text })
  const answers: object[] = []
  for (const path of data.paths) {
    const url = new URL(`${SIGN}${bucket}/${path.split('/').map(encodeURIComponent).join('/')}`, request.url)
    const isInside = path.split('/').every((part) => part !== '' && part !== '.' && part !== '..')
    const signed = isInside
      ? await ask(post(url.href, JSON.stringify({ expiresIn: data.expiresIn })))
      : undefined
    if (signed?.ok) answers.push({ error: null, path, ...respell(await signed.json()) })
    else answers.push({ error: MISSING, path, signedURL: null })
  }
  return Response.json(answers)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** lite gives the whole path as `signedUrl`; Supabase's client expects the path below the service as `signedURL`. */
function respell(answer: unknown): object {
  const { signedUrl, ...rest } = answer as { signedUrl?: string }
  return signedUrl?.startsWith(SERVICE) ? { ...rest, signedURL: signedUrl.slice(SERVICE.length) } : rest
}
