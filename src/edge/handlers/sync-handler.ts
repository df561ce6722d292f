import type { CheckPorts } from '../../contract/check/check.ts'
import type { Kind } from '../../contract/kind.ts'
import type { SyncResponse } from '../../contract/protocol/sync.ts'
import { keepInPreview } from '../../contract/text/keep-in-preview.ts'
import { authorize, requirePrincipal } from '../auth/authorize.ts'
import type { OriginOf } from '../auth/preview-rights.ts'
import { type Authenticate, keyHolder, OWNER, type Principal } from '../auth/principal.ts'
import { type ParsedRequest, parseRequest, readRequest, requirePost } from '../http/read-request.ts'
import { malformed, Refusal } from '../http/refusal.ts'
import { respond } from '../http/respond.ts'
import { call, type Rpc, rpcInPreview } from '../http/rpc.ts'
import { type Line, type Log, serve } from '../http/serve.ts'
import { hashObjects, type Objects } from './hash-objects.ts'
import { checkItems } from './stage.ts'
import { withdraw } from './withdraw.ts'

export interface SyncPorts extends CheckPorts {
  kinds: readonly Kind[]
  rpc: Rpc
  /**
   * Identifies the caller. Without it every caller is trusted: then the handler runs inside of the caller's process.
   */
  authenticate?: Authenticate
  /** The origin of a preview; needed where callers are not trusted. */
  originOf?: OriginOf
  /** Stored bundles, whose bytes are hashed before they can go live. Without it the caller vouches for them. */
  objects?: Objects
  /** Removes objects of the bucket `registry`; without it nothing can be withdrawn. At most 1,000. */
  remove?: (paths: string[]) => Promise<void>
  /** Logs one line for each request, for machines. */
  log?: Log
}

/**
 * The handler of the edge functions `registry_<kind>_sync`: checks again everything that the publisher claims, then
 * calls one SQL function. The body is not read before the caller is known. Web-standard, so that the same code runs
 * under Deno and in the CLI's own process. Always answers with a `SyncResponse`.
 */
export function createSyncHandler(ports: SyncPorts): (kindId: string, request: Request) => Promise<Response> {
  return (kindId, request) =>
    serve({ event: 'registry_sync', kind: kindId }, ports.log, async (line) => {
      const kind = requireKind(kindId, ports)
      requirePost(request)
      const principal = ports.authenticate && (await requirePrincipal(ports.authenticate, request))
      if (principal) Object.assign(line, { via: principal.via, actor: principal.actor })
      const parsed = await readRequest(request)
      const { action, key, preview } = parsed
      Object.assign(line, { action, key, preview })
      return respond(200, await perform(kind, parsed, { ports, principal, line }))
    })
}

/**
 * The same for a caller in the same process, who is trusted. It takes no `Request`, for which Node.js would load all of its
 * fetch.
 * @throws Refusal
 */
export function createDirectSync(
  ports: Omit<SyncPorts, 'authenticate' | 'log'>,
): (kindId: string, body: string) => Promise<SyncResponse> {
  return async (kindId, body) =>
    perform(requireKind(kindId, ports), parseRequest(body), { ports, principal: undefined, line: {} })
}

function requireKind(kindId: string, { kinds }: Pick<SyncPorts, 'kinds'>): Kind {
  const kind = kinds.find(({ id }) => id === kindId)
  if (kind) return kind
  throw unknownKind(
    kindId,
    kinds.map(({ id }) => id),
  )
}

interface SyncCaller {
  ports: SyncPorts
  principal: Principal | undefined
  line: Line
}

/** Performs a request if its caller may make it. */
async function perform(kind: Kind, read: ParsedRequest, { ports, principal, line }: SyncCaller) {
  let parsed = read
  try {
    if (principal) parsed = await authorize(principal, kind.id, read, ports)
    parsed = { ...parsed, principal: chooseHolder(parsed, principal) }
    if (principal && 'actor' in parsed) line.actor = parsed.actor
    return await answer(kind, parsed, ports)
  } catch (thrown) {
    if (!(thrown instanceof Refusal)) throw thrown
    await storeReport(kind, parsed, thrown, ports, principal?.actor)
    throw refusalInPreview(thrown, parsed.preview)
  }
}

/** The refusal, whose hint names commands that look into the preview. */
function refusalInPreview(refusal: Refusal, preview: string | undefined): Refusal {
  const { status, phase, error, cause } = refusal
  const hint = keepInPreview(error.hint, preview)
  return hint === error.hint
    ? refusal
    : Object.assign(new Refusal(status, phase, { ...error, hint }), { cause })
}

async function answer(kind: Kind, parsed: ParsedRequest, ports: SyncPorts): Promise<SyncResponse> {
  const { preview, ...request } = parsed
  const rpc = rpcFor(preview, ports)
  if (request.action === 'stage') {
    const checked = await checkItems(kind, { ...request, preview }, ports)
    const items = ports.objects ? await hashObjects(kind.id, checked, rpc, ports.objects) : checked
    await call(rpc, 'registry_stage', {
      p_key: request.key,
      p_kind: kind.id,
      p_singular: kind.singular,
      p_part: request.part,
      p_items: items,
      p_principal: request.principal,
    })
    return { ok: true, staged: items.length }
  }
  if (request.action === 'withdraw') return { ok: true, result: await withdraw(request, ports) }
  const result = await call(rpc, `registry_${request.action}`, { p_request: request })
  return { ok: true, result: result as Extract<SyncResponse, { result: unknown }>['result'] }
}

/** Stores a report of a refused publish. A failure to store it must not hide why the publish was refused. */
async function storeReport(
  kind: Kind,
  request: ParsedRequest,
  { status, error }: Refusal,
  ports: SyncPorts,
  actor: string | undefined,
): Promise<void> {
  if (status !== 422 || (request.action !== 'stage' && request.action !== 'commit')) return
  const { code, message, findings = [] } = error
  const who = request.action === 'commit' ? { actor: request.actor, commit: request.commit } : { actor }
  const p = { key: request.key, singular: kind.singular, code, message, findings, ...who }
  await rpcFor(request.preview, ports)('registry_report', { p }).catch(() => undefined)
}

/** The owner may act for a caller that it has identified itself, as the HTTP API does. */
function chooseHolder({ principal: namedHolder }: ParsedRequest, principal: Principal | undefined): string {
  const holder = keyHolder(principal)
  return holder === OWNER ? (namedHolder ?? OWNER) : holder
}

function rpcFor(preview: string | undefined, { rpc }: SyncPorts): Rpc {
  return preview === undefined ? rpc : rpcInPreview(rpc, preview)
}

function unknownKind(kindId: string, kindIds: string[]): Refusal {
  const hint = `known kinds: ${kindIds.join(', ')}`
  return malformed(404, 'route', `the kind "${kindId.slice(0, 64)}" does not exist`, hint)
}
