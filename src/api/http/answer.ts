/** The answer of a route. The framework adds the headers that every answer has. */
export interface RouteAnswer {
  /** 200 unless given. */
  status?: number
  /** Sent as JSON. */
  body?: unknown
  /** Sent as these bytes; replaces the body. */
  content?: { type: string; bytes: string | Uint8Array }
  /** Sent as server-sent events while it is read; replaces the body. */
  stream?: ReadableStream<Uint8Array>
  /** Sent as it is; replaces everything else but the headers that keep browsers safe. */
  response?: Response
  /** A strong tag without its quotes. */
  etag?: string
  /**
   * Cache tags besides `registry`: caches may store the answer for everyone if the caller is anonymous. Without them it
   * is never stored.
   */
  cacheTags?: readonly string[]
  headers?: Record<string, string>
  /** Values of `Set-Cookie`, each its own header. */
  cookies?: readonly string[]
}

export const JSON_TYPE = 'application/json; charset=utf-8'

/** Cache headers of public answers: a CDN answers at once and revalidates in the background. */
const BROWSER = 'public, max-age=0, must-revalidate'
const CDN = 'public, s-maxage=60, stale-while-revalidate=600'
/** The same for clients and caches of others, which read one header alone. */
const DISCOVERY = 'public, s-maxage=60, stale-while-revalidate=300'

/**
 * Request headers that change the answer, so that a cache never gives it to another caller or for another environment.
 */
export const VARY = 'Authorization, apikey, X-Nofx-Env'

/**
 * Keeps browsers from treating an answer as a page, a script or an image. Pages of other origins can read it with CORS,
 * which their `fetch` uses; embedding without CORS (`no-cors`) is refused.
 */
export const SAFE = {
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
}

/** Whether a request has credentials. Its answer is for that caller alone, whatever its content. */
export function hasCredentials(headers: Headers): boolean {
  return headers.has('authorization') || headers.has('apikey')
}

/** How a response may be stored. */
export interface Storing {
  /** The request had credentials. */
  secret: boolean
  /** The route is part of a discovery protocol. */
  discovery?: boolean
}

/** A route's answer as a response. */
export function toResponse(answer: RouteAnswer, storing: Storing): Response {
  const { status = 200, body, content, stream, etag, cacheTags, headers = {}, cookies = [] } = answer
  if (answer.response) return guarded(answer.response)
  const all = new Headers({ vary: VARY, ...SAFE, ...headers })
  for (const cookie of cookies) all.append('set-cookie', cookie)
  if (etag !== undefined) all.set('etag', `"${etag}"`)
  for (const [name, value] of caching(cacheTags, storing)) all.set(name, value)
  if (stream) return streamed(stream, all)
  if (content) {
    all.set('content-type', content.type)
    // The type of a view says that its memory may be shared, which a body's may not.
    const { bytes } = content
    return new Response(typeof bytes === 'string' ? bytes : new Uint8Array(bytes), { status, headers: all })
  }
  if (body === undefined) return new Response(null, { status, headers: all })
  if (!all.has('content-type')) all.set('content-type', JSON_TYPE)
  return new Response(JSON.stringify(body), { status, headers: all })
}

/** A response that another protocol made. */
function guarded({ body, status, headers: own }: Response): Response {
  const headers = new Headers({ vary: VARY, 'cache-control': 'no-store', ...SAFE })
  for (const [name, value] of own) headers.set(name, value)
  return new Response(body, { status, headers })
}

/** Keeps everything between the API and the reader from caching, compressing or buffering the stream. */
function streamed(stream: ReadableStream<Uint8Array>, headers: Headers): Response {
  headers.set('content-type', 'text/event-stream; charset=utf-8')
  headers.set('cache-control', 'private, no-store, no-transform')
  headers.set('x-accel-buffering', 'no')
  return new Response(stream, { headers })
}

function caching(
  cacheTags: readonly string[] | undefined,
  { secret, discovery }: Storing,
): [string, string][] {
  if (secret) return [['cache-control', 'private, no-store']]
  if (!cacheTags) return [['cache-control', 'no-store']]
  const tags: [string, string] = ['vercel-cache-tag', ['registry', ...cacheTags].join(',')]
  if (discovery) return [['cache-control', DISCOVERY], tags]
  return [['cache-control', BROWSER], ['vercel-cdn-cache-control', CDN], tags]
}
