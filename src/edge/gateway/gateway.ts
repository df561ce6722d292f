import { refuseOtherKinds, requirePrincipal } from '../auth/authorize.ts'
import { isPreviewWriter, type OriginOf, requireOwnPreview } from '../auth/preview-rights.ts'
import type { Authenticate, Principal } from '../auth/principal.ts'
import { malformed, type Refusal, tooLarge } from '../http/refusal.ts'
import { type Log, serve } from '../http/serve.ts'
import { findTarget, type GatewayTarget, LARGEST_UPLOAD, OBJECT_SIZE } from './gateway-routes.ts'
import { narrowInstantiation } from './instantiation.ts'
import { narrowList } from './list-bundles.ts'
import { type Narrowed, narrowRead } from './preview-reads.ts'

export interface GatewayPorts {
  kind: string
  /** The project's URL. */
  url: string
  secretKey: string
  fetch: typeof globalThis.fetch
  authenticate: Authenticate
  originOf?: OriginOf
  /** Removes the bundle with this key if it is damaged. */
  removeDamaged: (key: string, preview: string | undefined) => Promise<Response>
  log?: Log
}

const PASSED_ON = ['accept', 'content-type', 'cache-control']
const PASSED_BACK = ['content-type', 'content-range']

/**
 * The gateway to the registry's tables and bundles for publishers without a key of the project: passes on what
 * `findTarget` lists, with the secret key instead of the caller's credentials. `path` begins below the function's name.
 */
export function createGateway(ports: GatewayPorts): (path: string, request: Request) => Promise<Response> {
  const { kind } = ports
  return (path, request) =>
    serve({ event: 'registry_gateway', kind, method: request.method }, ports.log, async (line) => {
      const target = findTarget(kind, request.method, path, new URL(request.url).search)
      if (!target) throw malformed(404, 'route', 'only a secret key may do this', 'set SUPABASE_SECRET_KEY')
      line.path = target.path
      const principal = await requirePrincipal(ports.authenticate, request)
      Object.assign(line, { via: principal.via, actor: principal.actor })
      if (target.writes) {
        refuseOtherKinds(principal, [kind], target.preview)
        if (target.preview) await requireOwnPreview(principal, target.preview, ports.originOf)
      }
      if (target.removes) return ports.removeDamaged(target.path, target.preview)
      const narrowed = await narrow(principal, { target, request }, ports)
      return forward(narrowed.target, narrowed.request, ports)
    })
}

/** The request that is passed on in place of the caller's. */
function narrow(
  principal: Principal,
  { target, request }: Narrowed,
  { kind, originOf }: GatewayPorts,
): Promise<Narrowed> | Narrowed {
  if (target.instantiates) return narrowInstantiation(principal, target, request)
  if (isPreviewWriter(principal) && !target.writes)
    return narrowRead(principal, { target, request }, originOf)
  return target.lists ? narrowList(kind, target, request) : { target, request }
}

async function forward(target: GatewayTarget, request: Request, ports: GatewayPorts): Promise<Response> {
  const headers = pick(request.headers, PASSED_ON)
  headers.set('apikey', ports.secretKey)
  headers.set('authorization', `Bearer ${ports.secretKey}`)
  const limit = limited(request, target.limit)
  const answer = await ports
    .fetch(`${ports.url}${target.path}${target.query}`, {
      method: request.method,
      headers,
      // Following a redirect would send the key to another host.
      redirect: 'error',
      ...(limit.body ? { body: limit.body, duplex: 'half' } : {}),
    } as RequestInit)
    .catch((error: unknown) => {
      throw limit.exceeded() ? overLimit(target.limit) : error
    })
  const back = pick(answer.headers, PASSED_BACK)
  back.set('cache-control', 'no-store')
  const size = request.method === 'HEAD' ? answer.headers.get('content-length') : null
  if (size !== null) back.set(OBJECT_SIZE, size)
  return new Response(answer.body, { status: answer.status, headers: back })
}

function pick(headers: Headers, names: readonly string[]): Headers {
  const picked = new Headers()
  for (const name of names) {
    const value = headers.get(name)
    if (value !== null) picked.set(name, value)
  }
  return picked
}

/** A body that fails once it exceeds the limit: received bytes are counted, whatever the declared length. */
function limited({ body, headers }: Request, limit: number) {
  if (limit === 0 || !body) return { body: null, exceeded: () => false }
  if (Number(headers.get('content-length') ?? 0) > limit) throw overLimit(limit)
  let size = 0
  const counter = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      size += chunk.length
      if (size > limit) controller.error(overLimit(limit))
      else controller.enqueue(chunk)
    },
  })
  return { body: body.pipeThrough(counter), exceeded: () => size > limit }
}

function overLimit(limit: number): Refusal {
  const isUpload = limit === LARGEST_UPLOAD
  return tooLarge(
    limit,
    isUpload ? 'publish with SUPABASE_SECRET_KEY, which can send more' : 'ask for fewer bundles',
  )
}
