import { errors } from 'jose'
import { denied, Refusal } from '../http/refusal.ts'

/** Reasons by jose's error codes. Every other error of jose is about the issuer's keys. */
const REASONS: Record<string, string> = {
  ERR_JWS_INVALID: 'is not a signed JSON Web Token',
  ERR_JWT_INVALID: 'is not a signed JSON Web Token',
  ERR_JOSE_ALG_NOT_ALLOWED: 'is signed with an algorithm that is not accepted',
  ERR_JOSE_NOT_SUPPORTED: 'is signed in a way that is not supported',
  ERR_JWKS_NO_MATCHING_KEY: 'is signed with a key that its issuer does not publish',
  ERR_JWKS_MULTIPLE_MATCHING_KEYS: 'does not say which key signed it',
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: 'has a wrong signature',
  ERR_JWT_EXPIRED: 'has expired',
}

const CLAIMS: Record<string, string> = {
  typ: 'is a token of another type',
  aud: 'is for another audience',
  nbf: 'is not valid yet',
  iat: 'was issued in the future',
}

/**
 * The refusal for a failed verification. When the keys could not be read, the token is not at fault: 503, so that the
 * caller retries.
 * @param what the name of the token, as in `the identity token`
 */
export function tokenRefusal(error: unknown, what: string, hint: string): Refusal {
  const reason = explainError(error)
  if (reason) return denied(401, `${what} ${reason}`, hint)
  const refusal = new Refusal(503, 'auth', {
    code: 'REMOTE_FAILED',
    message: `${what} cannot be checked: the keys of its issuer cannot be read`,
    hint: 'run the command again',
  })
  refusal.cause = error
  return refusal
}

function explainError(error: unknown): string | undefined {
  if (error instanceof errors.JWTClaimValidationFailed)
    return error.reason === 'missing' ? `lacks "${error.claim}"` : (CLAIMS[error.claim] ?? CLAIMS.aud)
  return error instanceof errors.JOSEError ? REASONS[error.code] : undefined
}
