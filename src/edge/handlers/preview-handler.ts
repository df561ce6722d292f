import type * as z from 'zod'
import { previewName } from '../../contract/protocol/preview.ts'
import {
  type Preview,
  previewsKey,
  previewsRequest,
  type TakenDown,
} from '../../contract/protocol/previews.ts'
import { claimToken } from '../auth/authorize.ts'
import { requireOwnCommit } from '../auth/own-commit.ts'
import { requireName } from '../auth/preview-names.ts'
import {
  isOfRepository,
  type OriginOf,
  requirePreviewWriter,
  requireSameRepository,
} from '../auth/preview-rights.ts'
import type { Principal } from '../auth/principal.ts'
import { unavailable } from '../http/database-error.ts'
import { malformed } from '../http/refusal.ts'
import { call, type Rpc } from '../http/rpc.ts'
import { createJsonHandler, type JsonHandlerPorts } from './json-handler.ts'

export interface PreviewPorts extends JsonHandlerPorts {
  rpc: Rpc
  /** Removes objects of the bucket `registry` through the storage API, because SQL cannot. At most 1,000. */
  remove: (paths: string[]) => Promise<void>
  originOf: OriginOf
}

type ParsedPreviewsRequest = z.output<typeof previewsRequest>

/** The maker of a preview, for the database's count of shares. */
interface PreviewHolder {
  holder?: 'identity' | 'publisher'
  repository?: string
}

/** The most objects in one call of the storage API. */
const AT_ONCE = 1000
/** The most calls of one request before it answers `more`: the platform limits its time to a few seconds. */
const ROUNDS = 5

/** The handler of `registry_<kind>_sync/previews`: raises, lists and takes down previews. */
export function createPreviewHandler(ports: PreviewPorts): (request: Request) => Promise<Response> {
  return createJsonHandler('registry_previews', previewsRequest, ports, async ({ body, principal, line }) => {
    Object.assign(line, { action: body.action, ...('name' in body ? { preview: body.name } : {}) })
    const answered = await answer(await authorized(body, principal, ports), ports)
    return body.action === 'list' && principal ? listFor(principal, answered as Preview[]) : answered
  })
}

/** The request with the name that the credentials prove, and with the origin of a CI job. */
async function authorized(
  parsed: ParsedPreviewsRequest,
  principal: Principal | undefined,
  { rpc, originOf }: PreviewPorts,
): Promise<ParsedPreviewsRequest & PreviewHolder> {
  if (!principal || (parsed.action !== 'up' && parsed.action !== 'down')) return parsed
  if (parsed.action === 'up') {
    requirePreviewWriter(principal)
    requireName(principal.names, parsed.name)
    requireOwnCommit(principal, { sha: parsed.commit }, false)
  }
  // Every caller may sweep expired previews; the database checks that they are expired.
  else if (!parsed.onlyExpired) await requireSameRepository(principal, parsed.name, originOf)
  if (principal.token) await claimToken(principal.token, previewsKey(parsed), rpc)
  if (parsed.action === 'down') return parsed
  const { actor = parsed.actor, origin = parsed.origin } = principal
  return { ...parsed, actor, origin, ...toHolder(principal) }
}

/** The holder of a share of the previews; the owner's secret key is limited by the total alone. */
function toHolder({ via, job }: Principal): PreviewHolder {
  if (via === 'secret') return {}
  return job ? { holder: 'identity', repository: job.repository } : { holder: 'publisher' }
}

/** A job that may write previews alone sees only those of its own repository. */
function listFor(principal: Principal, previews: readonly Preview[]): Preview[] {
  return previews.filter(({ origin }) => isOfRepository(principal, origin))
}

async function answer(parsed: ParsedPreviewsRequest & PreviewHolder, ports: PreviewPorts): Promise<unknown> {
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
 * Closes the preview first, so that no caller writes to it meanwhile; then removes its objects, then the rest. An
 * upload that was under way may still arrive, so objects are listed until none are left.
 */
async function takeDown(
  { name, onlyExpired }: Extract<ParsedPreviewsRequest, { action: 'down' }>,
  { rpc, remove }: PreviewPorts,
): Promise<TakenDown> {
  if (!previewName.safeParse(name).success)
    throw malformed(
      422,
      'shape',
      `"${name.slice(0, 80)}" is not a valid preview name`,
      'see: nofx preview list',
    )
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
