import type { Hono } from 'hono'
import { type ApiEnv, composeApp } from './compose-app.ts'
import type { ApiPorts } from './ports.ts'
import type { Route } from './route.ts'
import { ROUTES } from './routes/routes.ts'

/**
 * The whole HTTP API: the same on Vercel, where each function serves some of the routes, in `nofx dev` and in tests.
 */
export function createApi(ports: ApiPorts, routes: readonly Route[] = ROUTES): Hono<ApiEnv> {
  return composeApp(ports, routes)
}
