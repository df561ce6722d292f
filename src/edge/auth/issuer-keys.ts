import { createRemoteJWKSet, customFetch, type JWTVerifyGetKey } from 'jose'
import * as z from 'zod'
import { isTrustworthy } from './identity-policy.ts'

const WITHIN_MS = 5000

const discoveryShape = z.object({ issuer: z.string(), jwks_uri: z.string().refine(isTrustworthy) })

/**
 * Key sets of issuers, found by OpenID Connect Discovery and cached: jose reads a set again when it is ten minutes old,
 * or when a token names a key that is not in it.
 * @throws from the returned function what `fetch` throws, or Error
 */
export function createIssuerKeys(
  fetch: typeof globalThis.fetch,
): (issuer: string) => Promise<JWTVerifyGetKey> {
  const keySets = new Map<string, Promise<JWTVerifyGetKey>>()
  return (issuer) => {
    const keys = keySets.get(issuer) ?? discover(issuer, fetch)
    keySets.set(issuer, keys)
    // Failures are not cached: the next try may succeed.
    keys.catch(() => keySets.delete(issuer))
    return keys
  }
}

async function discover(issuer: string, fetch: typeof globalThis.fetch): Promise<JWTVerifyGetKey> {
  const response = await fetch(`${issuer}/.well-known/openid-configuration`, {
    signal: AbortSignal.timeout(WITHIN_MS),
  })
  if (!response.ok) throw new Error(`HTTP ${response.status} from ${issuer}`)
  const discovery = discoveryShape.parse(await response.json())
  if (discovery.issuer !== issuer) throw new Error(`${issuer} calls itself by another name`)
  return createRemoteJWKSet(new URL(discovery.jwks_uri), {
    [customFetch]: fetch,
    timeoutDuration: WITHIN_MS,
  })
}
