import * as z from 'zod'
import type { Fetch } from '../fetch.ts'

/** A preview's name: `pr-123`. Without `_`, so that its schema `preview_pr_123` is no other preview's. */
export const PREVIEW_NAME = /^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/

/** What a name must look like, for messages. */
export const NAME_HINT = 'up to 40 lower-case letters, digits and "-" between them, such as pr-123'

export const previewName = z.string().regex(PREVIEW_NAME, `is not a valid preview name: ${NAME_HINT}`)

/** The folder of the bucket `registry` that holds a preview's bundles, and nothing else. */
export const previewPrefix = (name: string) => `preview-${name}`

/** What changes a preview; every other function is a read, and the database knows which ones there are. */
const WRITES = new Set([
  'registry_stage',
  'registry_commit',
  'registry_rollback',
  'registry_undelete',
  'registry_promote',
  'registry_report',
  'registry_instantiate',
])

const REST = /^(.*\/rest\/v1\/)(rpc\/)?([a-z_]+)$/
/** These are about previews, not inside one. */
const ABOUT_PREVIEWS = /^registry_preview_/

/**
 * Puts an unmodified supabase-js client into a preview: `createClient(url, key, { global: { fetch: inPreview('pr-1',
 * fetch) } })` reads the tables and calls the functions of the registry as they are in that preview. Storage and other
 * services are called as they are; what a preview does not have is refused, never asked of production.
 * @param name that fits `PREVIEW_NAME`
 */
export function inPreview(name: string, fetch: Fetch): Fetch {
  previewName.parse(name)
  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input)
    if (!url.pathname.includes('/rest/v1')) return fetch(input, init)
    const [, base, rpc, target] = REST.exec(url.pathname) ?? []
    if (rpc && ABOUT_PREVIEWS.test(target ?? '')) return fetch(input, init)
    const request = new Request(input, init)
    if (!target || request.method !== (rpc ? 'POST' : 'GET')) return notHere(url.pathname)
    const body = rpc ? callInside(name, target, await request.text()) : rowsInside(name, url.searchParams)
    const call = WRITES.has(target) ? 'registry_preview_write' : 'registry_preview_read'
    url.pathname = `${base}rpc/${rpc ? call : `preview_${target}`}`
    const { headers, signal } = request
    headers.set('content-type', 'application/json')
    const profile = headers.get('accept-profile')
    if (profile) headers.set('content-profile', profile)
    return fetch(url.href, { ...init, method: 'POST', headers, signal, body })
  }
}

/** A call in a preview's words. The arguments are not read: they stay the bytes that they are. */
function callInside(name: string, target: string, args: string): string {
  return `{"p_env":"${name}","p_function":"${target}","p_args":${args || '{}'}}`
}

/**
 * Says which rows are wanted, so that no others are read; the query filters them as it would have filtered the table. By
 * POST, since a GET of a function takes "or" for an argument in places.
 */
function rowsInside(name: string, query: URLSearchParams): string {
  const kind = onlyValue(query, 'kind')
  // An id alone is that of a release or of something else.
  const id = kind === undefined ? undefined : onlyValue(query, 'id')
  return JSON.stringify({ p_env: name, p_kind: kind, p_id: id })
}

/** Of `column=eq.value`. */
function onlyValue(query: URLSearchParams, column: string): string | undefined {
  const [filter, ...others] = query.getAll(column)
  return others.length === 0 && filter?.startsWith('eq.') ? filter.slice(3) : undefined
}

function notHere(path: string): Response {
  const message = `a preview has no ${path}`
  return Response.json({ code: 'PT404', message, details: null, hint: null }, { status: 404 })
}
