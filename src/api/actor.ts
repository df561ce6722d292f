import type { Principal } from '../edge/auth/principal.ts'

/** The actor of an effect, for the history: a secret key does not identify its holder. */
export function actorOf(principal: Principal | undefined): string {
  return principal?.actor ?? 'api'
}
