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
  /** Removes objects of the bucket `registry` through the storage API: SQL cannot. At most 1,000. */
  remove: (paths: string[]) => Promise<void>
  originOf: OriginOf
}

type Parsed = z.output<typeof previewsRequest>

/** Who makes a preview, as the database counts shares. */
interface Holder {
  holder?: 'identity' | 'publisher'
  repository?: string
}

/** What the storage API takes in one call. */
const AT_ONCE = 1000
/** Calls that one request may make before it answers `more`: the platform gives it a few seconds. */
const ROUNDS = 5

/** The handler of `registry_<kind>_sync/previews`: makes, lists and takes down previews. */
export function createPreviewHandler(ports: PreviewPorts): (request: Request) => Promise<Response> {
  return createJsonHandler('registry_previews', previewsRequest, ports, async ({ body, principal, line }) => {
    Object.assign(line, { action: body.action, ...('name' in body ? { preview: body.name } : {}) })
    const answered = await answer(await authorized(body, principal, ports), ports)
    return body.action === 'list' && principal ? listFor(principal, answered as Preview[]) : answered
  })
}

/** The request under the name that the credentials prove, and of the origin that a CI job has. */
async function authorized(
  parsed: Parsed,
  principal: Principal | undefined,
  { rpc, originOf }: PreviewPorts,
): Promise<Parsed & Holder> {
  if (!principal || (parsed.action !== 'up' && parsed.action !== 'down')) return parsed
  if (parsed.action === 'up') {
    requirePreviewWriter(principal)
    requireName(principal.names, parsed.name)
    requireOwnCommit(principal, { sha: parsed.commit }, false)
  }
  // What is expired is anybody's to sweep; the database looks whether it is.
  else if (!parsed.onlyExpired) await requireSameRepository(principal, parsed.name, originOf)
  if (principal.token) await claimToken(principal.token, previewsKey(parsed), rpc)
  if (parsed.action === 'down') return parsed
  const { actor = parsed.actor, origin = parsed.origin } = principal
  return { ...parsed, actor, origin, ...holderOf(principal) }
}

/** Whose share of the previews is used; the owner's secret key has no share, only the whole. */
function holderOf({ via, job }: Principal): Holder {
  if (via === 'secret') return {}
  return job ? { holder: 'identity', repository: job.repository } : { holder: 'publisher' }
}

/** A job that may only write previews hears of those of its own repository. */
function listFor(principal: Principal, previews: readonly Preview[]): Preview[] {
  return previews.filter(({ origin }) => isOfRepository(principal, origin))
}

async function answer(parsed: Parsed & Holder, ports: PreviewPorts): Promise<unknown> {
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
