import { next } from '@vercel/functions'
import type { DeliveryGate } from './src/api/delivery-gate.ts'
import { gate, isDelivery } from './src/api/http/gate.ts'
import { REQUEST_ID, readRequestId } from './src/api/http/request-id.ts'

export const config = { runtime: 'nodejs', matcher: '/api/:path*' }

/**
 * Vercel's routing middleware: turns away what no function should see, news of the registry that it did not sign
 * included, and gives every request its id.
 */
export default async function middleware(request: Request): Promise<Response> {
  const headers = new Headers(request.headers)
  headers.set(REQUEST_ID, readRequestId(request.headers))
  const named = new Request(request, { headers })
  const refused = isDelivery(named) ? await deliveryGate(named) : undefined
  return refused ?? gate(named) ?? next({ request: { headers } })
}

let opened: Promise<DeliveryGate> | undefined

/** Opened at the first delivery: no other request should wait for it. Its ids live as long as the instance. */
async function deliveryGate(request: Request): Promise<Response | undefined> {
  opened ??= import('./src/api/delivery-gate.ts').then(({ hostedDeliveryGate }) =>
    hostedDeliveryGate(process.env),
  )
  return (await opened)(request)
}
