import * as z from 'zod'
import { readJson } from '../http/read-request.ts'
import type { GatewayTarget } from './gateway-routes.ts'

/** The form of a page of a list; it has no order and no folders, which readers do not need. */
const pageShape = z.strictObject({
  prefix: z.string(),
  limit: z.int().min(1).max(1000),
  cursor: z.string().min(1).max(4096).optional(),
})

/**
 * Limits a list of objects to the bundles of the gateway's kind in production: the folder `reports/` and those of
 * previews are not listed.
 * @throws Refusal 400, 413, 415
 */
export async function narrowList(
  kind: string,
  target: GatewayTarget,
  request: Request,
): Promise<{ target: GatewayTarget; request: Request }> {
  const shape = pageShape.extend({ prefix: z.literal(`${kind}/`) })
  const page = await readJson(request, shape, target.limit)
  const headers = new Headers({ 'content-type': 'application/json' })
  return {
    target,
    request: new Request(request.url, { method: 'POST', headers, body: JSON.stringify(page) }),
  }
}
