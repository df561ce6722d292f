import { createApi } from '../api/app.ts'

import { gate } from '../api/gate.ts'

import { createPorts } from '../api/ports.ts'
import type { Cloud } from '../cloud/embedded/open-cloud.ts'
import type { Kind } from '../core/kind.ts'
import { createAuthenticate } from '../edge/authenticate.ts'

/**
 * The HTTP API over an open cloud: the handlers that Vercel runs, behind the middleware that it runs. Requests are not
 * counted: whoever tries something out may do so often.
 */
export function openApi(
  { fetch, keys: { publishable, secret, jwtSecret } }: Cloud,
  { kinds, url, log }: { kinds: readonly Kind[]; url: string; log: (line: object) => void },
) {
  const publisher = { issuer: `${url}/auth/v1`, jwtSecret, jwks: { keys: [] } }
  const authenticate = createAuthenticate({ secretKeys: [secret], publisher })
  const api = createApi(
    createPorts({ kinds, url, fetch, log, authenticate, publishableKey: publishable, secretKey: secret }),
  )
  return async (request: Request): Promise<Response> => gate(request) ?? api.fetch(request)
}
