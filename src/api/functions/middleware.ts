import { next } from '@vercel/functions'
import type { DeliveryGate } from '../delivery-gate.ts'
import { gate, isDelivery } from '../http/gate.ts'
import { REQUEST_ID, readRequestId } from '../http/request-id.ts'

/**
 * Vercel's routing middleware: refuses requests that no function should get, forged deliveries of the feed included,
 * and gives every request its id.
 */
export async function middleware(request: Request): Promise<Response> {
  const headers = new Headers(request.headers)
  headers.set(REQUEST_ID, readRequestId(request.headers))
  const withHeaders = new Request(request, { headers })
  const refused = isDelivery(withHeaders) ? await deliveryGate(withHeaders) : undefined
  return refused ?? gate(withHeaders) ?? next({ request: { headers } })
}

let opened: Promise<DeliveryGate> | undefined

/** Opened at the first delivery, so that no other request waits for it. Its known ids live as long as the instance. */
async function deliveryGate(request: Request): Promise<Response | undefined> {
  opened ??= import('../delivery-gate.ts').then(({ hostedDeliveryGate }) => hostedDeliveryGate(process.env))
  return (await opened)(request)
}
