import { errors, jwtVerify } from 'jose'
import * as z from 'zod'
import { keyMatcher } from '../../../edge/auth/secret-keys.ts'
import type { Keys } from '../keys.ts'

/** The reader of a channel: a key, or a user with a token. */
export interface RealtimeCaller {
  role: 'anon' | 'authenticated' | 'service_role'
  /** Callers with equal `rights` see the same rows. */
  rights: string
  /** Whether the caller may see drafts, as `registry_is_publisher()` decides in the database. */
  publisher: boolean
  /** The user's token; missing for a key. */
  token?: string
  /** When the token expires, milliseconds since 1970; missing for a key, which does not expire. */
  expiresAt?: number
}

/** Why a token is refused, in the words of the hosted service. */
export interface TokenTrouble {
  code: 'InvalidJWTToken' | 'JwtSignatureError' | 'MalformedJWT' | 'Unauthorized'
  message: string
}

export const ANONYMOUS: RealtimeCaller = { role: 'anon', rights: 'anon', publisher: false }
export const SERVICE: RealtimeCaller = { role: 'service_role', rights: 'service_role', publisher: false }

export interface Callers {
  /** The caller for a key of the project; undefined for any other text. */
  ofKey(key: string): RealtimeCaller | undefined
  /** The user of a token that is signed with the project's secret. */
  ofToken(token: string): Promise<RealtimeCaller | TokenTrouble>
}

/** No sign-in makes a longer token. */
const LONGEST_TOKEN = 16 * 1024

const claimsShape = z.object({
  role: z.string(),
  exp: z.number(),
  app_metadata: z
    .object({ nofx_role: z.string().optional().catch(undefined) })
    .optional()
    .catch(undefined),
})
const rolesShape = z.enum(['anon', 'authenticated', 'service_role'])

export function createCallers({ publishable, secret, jwtSecret }: Keys): Callers {
  const isPublishable = keyMatcher([publishable])
  const isSecret = keyMatcher([secret])
  const signature = new TextEncoder().encode(jwtSecret)
  return {
    ofKey: (key) => (isSecret(key) ? SERVICE : isPublishable(key) ? ANONYMOUS : undefined),
    ofToken: async (token) => {
      if (token.length > LONGEST_TOKEN) return MALFORMED
      try {
        const { payload } = await jwtVerify(token, signature, { algorithms: ['HS256'] })
        return readCaller(token, payload)
      } catch (error) {
        return explainTrouble(error)
      }
    },
  }
}

function readCaller(token: string, payload: object): RealtimeCaller | TokenTrouble {
  const claims = claimsShape.safeParse(payload).data
  if (!claims) return { code: 'InvalidJWTToken', message: 'Fields `role` and `exp` are required in JWT' }
  const role = rolesShape.safeParse(claims.role).data
  if (!role) return { code: 'Unauthorized', message: 'The role in the JWT is not a role of this project' }
  const publisher = role === 'authenticated' && claims.app_metadata?.nofx_role === 'publisher'
  return { role, rights: renderRights(payload), publisher, token, expiresAt: claims.exp * 1000 }
}

/** The claims that row security may use: all but those that every refresh changes. */
function renderRights(payload: object): string {
  const lasting = Object.entries(payload).filter(([name]) => !/^(exp|iat|nbf|jti)$/.test(name))
  return JSON.stringify(lasting.sort(([one], [other]) => (one < other ? -1 : 1)))
}

const MALFORMED: TokenTrouble = { code: 'MalformedJWT', message: 'The token provided is not a valid JWT' }

/** The hosted service's refusal of an expired token. */
export function expired(expiresAt: number): TokenTrouble {
  const seconds = Math.max(0, Math.floor((Date.now() - expiresAt) / 1000))
  return { code: 'InvalidJWTToken', message: `Token has expired ${seconds} seconds ago` }
}

function explainTrouble(error: unknown): TokenTrouble {
  if (error instanceof errors.JWTExpired) return expired(Number(error.payload.exp) * 1000)
  if (error instanceof errors.JWSSignatureVerificationFailed || error instanceof errors.JOSEAlgNotAllowed)
    return { code: 'JwtSignatureError', message: 'Failed to validate JWT signature' }
  return MALFORMED
}
