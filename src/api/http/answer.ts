/** What a route answers. The framework adds the headers that every answer has. */
export interface RouteAnswer {
  /** 200 when not given. */
  status?: number
  /** Sent as JSON. */
  body?: unknown
  /** Sent as server-sent events, as they are read; instead of a body. */
  stream?: ReadableStream<Uint8Array>
  /** A strong tag without its quotes. */
  etag?: string
  /** Cache tags besides `registry`: the answer may be cached by everyone if the caller is anonymous. Absent: never. */
  cacheTags?: readonly string[]
  headers?: Record<string, string>
}

/** What everybody may keep, and for how long: a CDN answers at once and asks again behind the reader's back. */
const BROWSER = 'public, max-age=0, must-revalidate'
const CDN = 'public, s-maxage=60, stale-while-revalidate=600'

/** Headers that decide what is seen, so that no cache gives one caller's answer to another, or one environment's. */
export const VARY = 'Authorization, apikey, X-Nofx-Env'

/**
 * What no answer is: a page, a script or an image that a browser guesses from its bytes. Reading across origins goes on by
 * CORS, which is the caller's `fetch`; what a page embeds without it (`no-cors`) stays out.
 */
export const SAFE = {
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
}

/** Whether a request says who sends it. Its answer is nobody else's, whatever is in it. */
export function hasCredentials(headers: Headers): boolean {
  return headers.has('authorization') || headers.has('apikey')
}

/** An answer as it goes out. `secret`: the caller has shown credentials. */
export function toResponse(answer: RouteAnswer, secret: boolean): Response {
  const { status = 200, body, stream, etag, cacheTags, headers = {} } = answer
  const all = new Headers({ vary: VARY, ...SAFE, ...headers })
  if (etag !== undefined) all.set('etag', `"${etag}"`)
  for (const [name, value] of caching(cacheTags, secret)) all.set(name, value)
  if (stream) return streamed(stream, all)
  if (body === undefined) return new Response(null, { status, headers: all })
  if (!all.has('content-type')) all.set('content-type', 'application/json; charset=utf-8')
  return new Response(JSON.stringify(body), { status, headers: all })
}

/** Nothing between us and the reader may keep, compress or collect what is sent. */
function streamed(stream: ReadableStream<Uint8Array>, headers: Headers): Response {
  headers.set('content-type', 'text/event-stream; charset=utf-8')
  headers.set('cache-control', 'private, no-store, no-transform')
  headers.set('x-accel-buffering', 'no')
  return new Response(stream, { headers })
}

function caching(cacheTags: readonly string[] | undefined, secret: boolean): [string, string][] {
  if (secret) return [['cache-control', 'private, no-store']]
  if (!cacheTags) return [['cache-control', 'no-store']]
  return [
    ['cache-control', BROWSER],
    ['vercel-cdn-cache-control', CDN],
    ['vercel-cache-tag', ['registry', ...cacheTags].join(',')],
  ]
}
