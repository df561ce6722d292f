import type { RoleOf } from './answer-reads.ts'
import type { StoreObjects } from './storage/store-objects.ts'
import { BUCKET } from './storage/upload-in-batches.ts'

const UPLOAD = new RegExp(`^/storage/v1/object/${BUCKET}/([\\w./-]+)$`)
/** Headers that ask for more than to store the bytes of the request. */
const SPECIAL = ['x-metadata', 'content-encoding']
/** What lite says about an object that it stored. */
const HEADERS = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'Content-Range,Content-Location,Preference-Applied',
  'content-type': 'application/json',
}

/** Answers a request with this body; undefined if lite has to answer. */
type AnswerUpload = (request: Request, body: Uint8Array) => Promise<Response | undefined>

/**
 * Stores a new bundle that comes with the secret key, with one transaction; lite has two, of 15 statements. lite has to
 * answer every other upload, also one that could not be stored: it says why.
 */
export function createAnswerUpload(roleOf: RoleOf, store: StoreObjects): AnswerUpload {
  return async (request, body) => {
    const name = nameIn(request)
    if (name === undefined || roleOf(request.headers) !== 'service_role') return undefined
    const { headers } = request
    const contentType = headers.get('content-type') ?? ''
    const cacheControl = headers.get('cache-control') ?? 'no-cache'
    const ids = await store(BUCKET, [{ name, bytes: body, contentType, cacheControl }]).catch(() => undefined)
    const Id = ids?.get(name)
    return Id === undefined
      ? undefined
      : Response.json({ Key: `${BUCKET}/${name}`, Id }, { headers: HEADERS })
  }
}

function nameIn({ method, url, headers }: Request): string | undefined {
  const { pathname, search } = new URL(url)
  if (method !== 'POST' || search !== '' || headers.get('content-type') !== 'application/gzip')
    return undefined
  if (headers.get('x-upsert') === 'true' || SPECIAL.some((name) => headers.has(name))) return undefined
  return UPLOAD.exec(pathname)?.[1]
}
