import * as z from 'zod'
import { LENGTHS } from '../../contract/lengths.ts'
import { previewName } from '../../contract/protocol/preview.ts'
import { keyHolder, type Principal } from '../auth/principal.ts'
import { readJson } from '../http/read-request.ts'
import { denied } from '../http/refusal.ts'
import type { GatewayTarget } from './gateway-routes.ts'

const text = z.string().min(1).max(1_000)
const lock = z.strictObject({ kind: text, id: text, version: z.int().positive(), digest: text })
const plan = z.strictObject({
  key: text,
  hash: text,
  actor: z.string().max(LENGTHS.actor[1]).optional(),
  principal: text.optional(),
  source: lock,
  locks: z.array(lock).max(1_000),
  document: z.record(z.string(), z.unknown()),
})
const inProduction = z.strictObject({ p_request: plan })
const inPreview = z.strictObject({
  p_env: previewName,
  p_function: z.literal('registry_instantiate'),
  p_args: inProduction,
})

/**
 * The request of a publisher that stores a plan made from a template. The actor and the holder of the idempotency key
 * are those that the credentials prove, whatever the request says.
 * @throws Refusal 403 for a CI job, 400, 413, 415
 */
export async function narrowInstantiation(
  principal: Principal,
  target: GatewayTarget,
  request: Request,
): Promise<{ target: GatewayTarget; request: Request }> {
  if (principal.via === 'identity')
    throw denied(
      403,
      'a CI job may not make plans',
      'make it on your own machine, as a publisher: nofx login',
    )
  const withCaller = ({ p_request }: z.output<typeof inProduction>) => ({
    p_request: {
      ...p_request,
      actor: principal.actor ?? p_request.actor,
      principal: keyHolder(principal),
    },
  })
  const call = await readJson(request, z.union([inProduction, inPreview]), target.limit)
  const body = 'p_env' in call ? { ...call, p_args: withCaller(call.p_args) } : withCaller(call)
  const headers = new Headers({ 'content-type': 'application/json' })
  const init = { method: 'POST', headers, body: JSON.stringify(body) }
  return { target, request: new Request(request.url, init) }
}
