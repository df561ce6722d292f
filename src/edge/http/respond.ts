import type { SyncError } from '../../contract/protocol/sync.ts'
import { VERSION, VERSION_HEADER } from '../../contract/version.ts'

/** An answer of an edge function, which no cache may store. */
export function respond(
  status: number,
  body: { ok: true; result?: unknown } | { ok: false; error: SyncError },
): Response {
  const headers = new Headers({
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    [VERSION_HEADER]: VERSION,
  })
  if (status === 401) headers.set('www-authenticate', 'Bearer')
  if (status === 405) headers.set('allow', 'POST')
  return new Response(JSON.stringify(body), { status, headers })
}
