import * as z from 'zod'
import { MAX_BODY } from '../../contract/source.ts'
import { type OriginOf, requireSameRepository } from '../auth/preview-rights.ts'
import type { Principal } from '../auth/principal.ts'
import { readJson } from '../http/read-request.ts'
import { denied, type Refusal } from '../http/refusal.ts'
import type { GatewayTarget } from './gateway-routes.ts'

/** A request to pass on: its recognised parts, and a body made from them. */
export interface Narrowed {
  target: GatewayTarget
  request: Request
}

const ROWS = /^\/rest\/v1\/(?:rpc\/preview_)?(registry_heads|registry_revisions)$/
const HEADS = '/rest/v1/rpc/registry_heads_json'
const INSIDE = '/rest/v1/rpc/registry_preview_read'
const BUNDLE = /^\/storage\/v1\/object\/registry\/preview-([a-z0-9-]{1,40})\//

const rowsShape = z.strictObject({
  p_env: z.string(),
  p_kind: z.string().optional(),
  p_id: z.string().optional(),
})
/** The functions that are called inside of a preview, and the ones that are called in their place. */
const CALLS = {
  registry_heads_json: 'registry_plan_heads_json',
  registry_stored_bundles: 'registry_stored_bundles',
} as const
const callShape = z.strictObject({
  p_env: z.string(),
  p_function: z.enum(['registry_heads_json', 'registry_stored_bundles']),
  p_args: z.record(z.string(), z.unknown()),
})

/**
 * Narrows the reads of a CI job that may write previews alone. Of production it gets the heads that a plan compares
 * with, and the revisions that every reader sees, without names of people; of previews, those of its repository. docs/previews.md lists these reads, and test/edge/gateway/preview-reads.test.ts checks the list.
 * @throws Refusal 403 for every other read
 */
export async function narrowRead(
  principal: Principal,
  { target, request }: Narrowed,
  originOf: OriginOf | undefined,
): Promise<Narrowed> {
  const { path, query } = target
  const own = async (preview: string) => {
    if (!originOf) throw refused()
    await requireSameRepository(principal, preview, originOf)
  }
  const rows = ROWS.exec(path)?.[1]
  if (rows) {
    const narrowing = request.method === 'GET' ? kindIn(query) : await parseBody(request, rowsShape)
    if (narrowing.p_env !== undefined) await own(narrowing.p_env)
    return passOn(request, `/rest/v1/rpc/plan_${rows}`, query, narrowing)
  }
  if (path === HEADS) {
    const narrowing = await parseBody(request, z.strictObject({ p_kinds: z.array(z.string()) }))
    return passOn(request, '/rest/v1/rpc/registry_plan_heads_json', '', narrowing)
  }
  if (path === INSIDE) {
    const { p_env, p_function, p_args } = await parseBody(request, callShape)
    await own(p_env)
    return passOn(request, INSIDE, '', { p_env, p_function: CALLS[p_function], p_args })
  }
  const preview = BUNDLE.exec(path)?.[1]
  if (preview === undefined) throw refused()
  await own(preview)
  return { target, request }
}

/** A request of another shape than nofx sends asks for more than a plan needs. */
async function parseBody<T>(request: Request, shape: z.ZodType<T>): Promise<T> {
  const parsed = shape.safeParse(await readJson(request, z.unknown()))
  if (parsed.success) return parsed.data
  throw refused()
}

/**
 * Limits the call to one kind if the query names one, to save reading other rows; the query filters the result anyway.
 */
function kindIn(query: string): { p_env?: undefined; p_kind?: string } {
  const [kind, ...others] = new URLSearchParams(query).getAll('kind')
  return others.length === 0 && kind?.startsWith('eq.') ? { p_kind: kind.slice(3) } : {}
}

function passOn({ url, headers }: Request, path: string, query: string, body: object): Narrowed {
  const json = new Headers(headers)
  json.set('content-type', 'application/json')
  json.delete('content-length')
  return {
    target: { path, query, limit: MAX_BODY, writes: false },
    request: new Request(url, { method: 'POST', headers: json, body: JSON.stringify(body) }),
  }
}

function refused(): Refusal {
  return denied(
    403,
    'this identity may read only what its own previews need',
    'read it with SUPABASE_SECRET_KEY, or as a publisher',
  )
}
