import type { Principal } from '../../edge/auth/principal.ts'
import { denied } from '../../edge/http/refusal.ts'

/** What a route knows of its caller. */
interface Asking {
  principal: Principal | undefined
  headers: Headers
}

/** How to prove that one is a publisher, for hints. */
export const CREDENTIALS = 'send a secret key as "apikey", or a token as "Authorization: Bearer <token>"'

/**
 * Refuses a parameter of a public route that only publishers may use, before anything is read: the answer is the same
 * whatever the registry has.
 * @throws Refusal 401, 403
 */
export function requirePublisher({ principal, headers }: Asking, parameter: string): void {
  if (principal !== undefined) return
  const message = `the parameter "${parameter}" needs publisher credentials`
  throw headers.has('authorization')
    ? denied(403, message, 'ask an owner of the registry for the role publisher')
    : denied(401, message, CREDENTIALS)
}
