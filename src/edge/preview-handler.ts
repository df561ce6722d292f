import type * as z from 'zod'
import { previewName } from '../core/contract/preview.ts'
import { previewsKey, previewsRequest, type TakenDown } from '../core/contract/previews.ts'
import { claimToken, requirePrincipal } from './authorize.ts'
import { unavailable } from './database-error.ts'
import { type OriginOf, requirePreviewWriter, requireSameRepository } from './preview-rights.ts'
import type { Authenticate, Principal } from './principal.ts'
import { readJson, requirePost } from './read-request.ts'
import { causeOf, malformed, Refusal } from './refusal.ts'
import { call, type Rpc } from './rpc.ts'

export interface PreviewPorts {
  rpc: Rpc
  /** Removes objects of the bucket `registry` through the storage API: SQL cannot. At most 1,000. */
  remove: (paths: string[]) => Promise<void>
  originOf: OriginOf
  /** Who makes a request. Without it every caller is trusted: then the handler answers inside the caller's process. */
  authenticate?: Authenticate
  log?: (line: Record<string, unknown>) => void
}

type Parsed = z.output<typeof previewsRequest>

/** What the storage API takes in one call. */
const AT_ONCE = 1000
/** Calls that one request may make before it answers `more`: the platform gives it a few seconds. */
const ROUNDS = 5

/**
 * The handler of `registry_<kind>_sync/previews`: makes, lists and takes down previews. What a request brings is not
 * read before its caller is known.
 */
export function createPreviewHandler(ports: PreviewPorts): (request: Request) => Promise<Response> {
  return async (request) => {
    const started = Date.now()
    const line: Record<string, unknown> = { event: 'registry_previews' }
    let status = 200
    let body: object
    try {
      requirePost(request)
      const principal = ports.authenticate && (await requirePrincipal(ports.authenticate, request))
      if (principal) Object.assign(line, { via: principal.via, actor: principal.actor })
      const parsed = await readJson(request, previewsRequest)
      Object.assign(line, { action: parsed.action, ...('name' in parsed ? { preview: parsed.name } : {}) })
      body = { ok: true, result: await answer(await authorized(parsed, principal, ports), ports) }
    } catch (thrown) {
      const refusal = thrown instanceof Refusal ? thrown : unavailable(thrown)
      status = refusal.status
      body = { ok: false, error: refusal.error }
      Object.assign(line, { phase: refusal.phase, code: refusal.error.code, cause: causeOf(refusal) })
    }
    ports.log?.({ ...line, status, ms: Date.now() - started })
    const headers = { 'cache-control': 'no-store', ...(status === 405 ? { allow: 'POST' } : {}) }
    return Response.json(body, { status, headers })
  }
}

/** The request under the name that the credentials prove, and of the origin that a CI job has. */
async function authorized(
  parsed: Parsed,
  principal: Principal | undefined,
  { rpc, originOf }: PreviewPorts,
): Promise<Parsed> {
  if (!principal || (parsed.action !== 'up' && parsed.action !== 'down')) return parsed
  if (parsed.action === 'up') requirePreviewWriter(principal)
  // What is expired is anybody's to sweep; the database looks whether it is.
  else if (!parsed.onlyExpired) await requireSameRepository(principal, parsed.name, originOf)
  if (principal.token) await claimToken(principal.token, previewsKey(parsed), rpc)
  if (parsed.action === 'down') return parsed
  const { actor = parsed.actor, origin = parsed.origin } = principal
  return { ...parsed, actor, origin }
}

async function answer(parsed: Parsed, ports: PreviewPorts): Promise<unknown> {
  const { rpc } = ports
  switch (parsed.action) {
    case 'list':
      return call(rpc, 'registry_preview_list', {})
    case 'expired':
      return call(rpc, 'registry_preview_expired', {})
    case 'down':
      return takeDown(parsed, ports)
    case 'up': {
      const { action: _, ...p_request } = parsed
      return call(rpc, 'registry_preview_up', { p_request })
    }
  }
}

/**
 * Closes the preview first, so that nobody writes while it goes; then its objects, then the rest. An upload that was on
 * its way may still come in, so the objects are looked for until there are none.
 */
async function takeDown(
  { name, onlyExpired }: Extract<Parsed, { action: 'down' }>,
  { rpc, remove }: PreviewPorts,
): Promise<TakenDown> {
  if (!previewName.safeParse(name).success)
    throw malformed(422, 'shape', `"${name.slice(0, 80)}" is no name of a preview`, 'see: nofx preview list')
  const close = { p_name: name, p_expired: onlyExpired }
  const { closed } = (await call(rpc, 'registry_preview_close', close)) as { closed: boolean }
  let objects = 0
  if (!closed) return { name, removed: false, objects, more: false }
  let before: string | undefined
  for (let round = 0; round < ROUNDS; round += 1) {
    const paths = (await call(rpc, 'registry_preview_objects', { p_name: name })) as string[]
    if (before !== undefined && paths.includes(before)) throw unavailable(new Error(`${before} stays`))
    before = paths[0]
    if (paths.length === 0) {
      const { removed } = (await call(rpc, 'registry_preview_down', { p_name: name })) as TakenDown
      return { name, removed, objects, more: false }
    }
    const some = paths.slice(0, AT_ONCE)
    await remove(some)
    objects += some.length
  }
  return { name, removed: false, objects, more: true }
}
