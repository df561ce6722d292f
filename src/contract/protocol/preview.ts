import * as z from 'zod'
import type { Fetch } from '../fetch.ts'

/**
 * A preview's name, such as `pr-123`. Underscores are not allowed, so that two names never share a schema:
 * `preview_pr_123` belongs to `pr-123` alone.
 */
export const PREVIEW_NAME = /^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/

/** The form of a valid name, for messages. */
export const NAME_HINT = 'up to 40 lower-case letters, digits and "-" between them, such as pr-123'

export const previewName = z.string().regex(PREVIEW_NAME, `is not a valid preview name: ${NAME_HINT}`)

/** The folder of the bucket `registry` that holds the bundles of one preview and nothing else. */
export const previewPrefix = (name: string) => `preview-${name}`

/** Functions that write to a preview. Every other function is a read, and the database checks which reads exist. */
const WRITES = new Set([
  'registry_stage',
  'registry_commit',
  'registry_rollback',
  'registry_undelete',
  'registry_promote',
  'registry_disable',
  'registry_enable',
  'registry_report',
  'registry_instantiate',
])

const REST = /^(.*\/rest\/v1\/)(rpc\/)?([a-z_]+)$/
/** Functions that manage previews, and are not called inside one. */
const ABOUT_PREVIEWS = /^registry_preview_/

/**
 * Makes an unmodified supabase-js client read a preview: `createClient(url, key, { global: { fetch: inPreview('pr-1',
 * fetch) } })` reads the tables and calls the functions of the registry as they are in that preview. Calls to Storage
 * and other services are not changed. A call that a preview does not support is refused, and never sent to
 * production.
 * @param name a name that matches `PREVIEW_NAME`
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

/** The body of a function call inside a preview. The arguments are not parsed: their bytes stay as they are. */
function callInside(name: string, target: string, args: string): string {
  return `{"p_env":"${name}","p_function":"${target}","p_args":${args || '{}'}}`
}

/**
 * The body that selects the needed rows of a table, so that no other rows are read; the query then filters them as it
 * would filter the table. It is a POST, because a GET of a function can mistake "or" for an argument.
 */
function rowsInside(name: string, query: URLSearchParams): string {
  const kind = onlyValue(query, 'kind')
  // Without a kind, an id may be the id of a release or of something else.
  const id = kind === undefined ? undefined : onlyValue(query, 'id')
  return JSON.stringify({ p_env: name, p_kind: kind, p_id: id })
}

/** The value of a filter `column=eq.value`, if it is the only filter on the column. */
function onlyValue(query: URLSearchParams, column: string): string | undefined {
  const [filter, ...others] = query.getAll(column)
  return others.length === 0 && filter?.startsWith('eq.') ? filter.slice(3) : undefined
}

function notHere(path: string): Response {
  const message = `a preview has no ${path}`
  return Response.json({ code: 'PT404', message, details: null, hint: null }, { status: 404 })
}
