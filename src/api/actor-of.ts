import type { Principal } from '../edge/auth/principal.ts'

/** Who an effect is by, for the history: a secret key says nothing of its holder. */
export function actorOf(principal: Principal | undefined): string {
  return principal?.actor ?? 'api'
}
