import { next } from '@vercel/functions'
import { gate } from './src/api/gate.ts'
import { REQUEST_ID, requestIdOf } from './src/api/request-id.ts'

export const config = { runtime: 'nodejs', matcher: '/api/:path*' }

/** Vercel's routing middleware: turns away what no function should see, and gives every request its id. */
export default function middleware(request: Request): Response {
  const headers = new Headers(request.headers)
  headers.set(REQUEST_ID, requestIdOf(request.headers))
  return gate(new Request(request, { headers })) ?? next({ request: { headers } })
}
