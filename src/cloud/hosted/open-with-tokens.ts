import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import { Failure } from '../../contract/failure.ts'
import type { Fetch } from '../../contract/fetch.ts'
import { inPreview } from '../../contract/protocol/preview.ts'
import { type PreviewsRequest, previewsKey } from '../../contract/protocol/previews.ts'
import type { ReportRequest } from '../../contract/protocol/reports.ts'
import type { SyncRequest } from '../../contract/protocol/sync.ts'
import type { HeadsPlace } from '../../core/registry/kept-heads.ts'
import type { Registry } from '../../core/registry/registry.ts'
import { DAMAGED, LARGEST_UPLOAD, LIST } from '../../edge/gateway/gateway-routes.ts'
import { withoutRealtime } from '../../edge/http/client-options.ts'
import { PREVIEWS } from '../registry/previews.ts'
import { REPORTS } from '../registry/reports.ts'
import { createRegistry } from '../registry/supabase-registry.ts'
import { FORWARDER } from '../registry/webhooks.ts'
import type { CiIdentity } from './ci-identity.ts'
import { MOST_AT_ONCE } from './paced-fetch.ts'
import { type RetryOptions, retryingFetch } from './retrying-fetch.ts'

export interface WithTokensOptions {
  /** The project's URL. */
  url: string
  /** The tokens of a CI job, or of a signed-in publisher. */
  tokens: CiIdentity
  retry?: Partial<RetryOptions>
  /** The holder of the caller's idempotency keys. */
  keyHolder?: () => Promise<string>
  /** Where heads are kept between commands. */
  keepHeads?: HeadsPlace
  /** The fetch of the tokens' owner, with its retries. */
  fetch?: Fetch
}

/** A registry, and the client that reads for it. */
export interface Connected {
  registry: Registry
  client: SupabaseClient
}

/**
 * The kind whose function passes reads on: every registry has
 * it. A bundle is read through the function of its own kind.
 */
const READS_THROUGH = 'agents'
const BUNDLE = /\/(?:object\/registry|damaged)\/(?:preview-[a-z0-9-]+\/)?([^/]+)\/[^/]+\/[^/]+$/
/** supabase-js requires a key; it is removed before a request is sent. */
const NO_KEY = 'none'

/**
 * The registry of a hosted project for a caller with tokens and without a key: the edge functions accept the tokens,
 * and pass on reads and bundles. Opens no connection yet.
 */
export function openWithTokens(options: WithTokensOptions): Registry {
  return connectWithTokens(options).registry
}

/** The same, with the client that reads for it. */
export function connectWithTokens({ url, tokens, retry, ...options }: WithTokensOptions): Connected {
  const fetch = options.fetch ?? retryingFetch(globalThis.fetch, retry)
  const through = throughGateway(url, tokens, fetch)
  const openClient = (asks: Fetch) => createClient(url, NO_KEY, withoutRealtime(asks))
  const call = async (to: string, request: Request, key: string) => {
    const authorized = new Request(to, request)
    authorized.headers.set('authorization', `Bearer ${await tokens.token(key)}`)
    return fetch(authorized)
  }
  const client = openClient(through)
  const registry = createRegistry({
    client,
    clientIn: (preview) => openClient(inPreview(preview, through)),
    label: url,
    keyHolder: options.keyHolder,
    keepHeads: options.keepHeads,
    uploadsAtOnce: MOST_AT_ONCE,
    storageFetch: (path, init) => through(`${url}${path}`, init),
    removeDamaged: (path) => through(`${url}${DAMAGED}${path}`, { method: 'DELETE' }),
    callFunction: async (kind, request) => {
      const { key } = (await request.clone().json()) as SyncRequest
      return call(functionUrl(url, kind), request, key)
    },
    callPreviews: async (request) => {
      const body = (await request.clone().json()) as PreviewsRequest
      return call(`${url}/functions/v1/${PREVIEWS}`, request, previewsKey(body))
    },
    callReports: async (request) => {
      const { key } = (await request.clone().json()) as ReportRequest
      return call(`${url}/functions/v1/${REPORTS}`, request, key)
    },
    // Sent without credentials: the forwarder accepts a secret key
    // alone, and its refusal is the message that the user needs.
    callForwarder: (request) => fetch(new Request(`${url}/functions/v1/${FORWARDER}`, request)),
  })
  return { registry, client }
}

const functionUrl = (url: string, kind: string) => `${url}/functions/v1/registry_${kind}_sync`

/** Sends supabase-js requests to the gateway below an edge function. */
function throughGateway(url: string, tokens: CiIdentity, fetch: Fetch): Fetch {
  return async (input, init) => {
    const request = new Request(input, init)
    const { pathname, search } = new URL(request.url)
    const body = request.body ? await request.arrayBuffer() : undefined
    if (body && body.byteLength > LARGEST_UPLOAD) throw tooLarge(pathname, body.byteLength)
    const headers = new Headers(request.headers)
    headers.delete('apikey')
    headers.set('authorization', `Bearer ${await tokens.token()}`)
    const kind = BUNDLE.exec(pathname)?.[1] ?? listedKind(pathname, body) ?? READS_THROUGH
    const to = `${functionUrl(url, kind)}${pathname}${search}`
    return plainly(await fetch(to, { method: request.method, headers, body }))
  }
}

/** The kind whose bundles a page lists. */
function listedKind(pathname: string, body: ArrayBuffer | undefined): string | undefined {
  if (pathname !== LIST || !body) return undefined
  const { prefix } = JSON.parse(new TextDecoder().decode(body)) as { prefix: string }
  // A folder of a preview is listed by no function: the refusal makes the reader ask for each object.
  return /^([a-z0-9_-]+)\/$/.exec(prefix)?.[1]
}

/** A refusal of the gateway in the form that supabase-js understands: with the error's fields at the top level. */
async function plainly(response: Response): Promise<Response> {
  if (response.status < 400) return response
  const text = await response.text()
  return new Response(refusalIn(text) ?? text, { status: response.status, headers: response.headers })
}

function refusalIn(text: string): string | undefined {
  try {
    const { ok, error } = JSON.parse(text) as { ok?: unknown; error?: unknown }
    return ok === false ? JSON.stringify(error) : undefined
  } catch {
    return undefined
  }
}

function tooLarge(pathname: string, size: number): Failure {
  return new Failure(
    'CONFIG',
    `${pathname.replace(/^.*\/object\/registry\//, '')} has ${size} bytes; without a secret key at most ${LARGEST_UPLOAD} can be sent`,
    'set SUPABASE_SECRET_KEY for this publish, or make the assets smaller',
  )
}
