import type { SupabaseClient } from '@supabase/supabase-js'
import type { Principal } from '../../edge/auth/principal.ts'

/** With which rights a route reads for its caller. */
export interface Sight {
  client: SupabaseClient
  /** Whether the caller may know who made a version, why, and what waits or is held. */
  inner: boolean
}

/** What a route knows of its caller, and the clients that it has. */
interface Caller {
  principal: Principal | undefined
  ports: { service: SupabaseClient }
  /** With the caller's own rights. */
  client: SupabaseClient
}

/**
 * Reads for publishers as the service, because the columns with names and reasons are closed to every user's own
 * rights; for everybody else with the rights that the caller has.
 */
export function sightOf({ principal, ports, client }: Caller): Sight {
  return principal === undefined ? { client, inner: false } : { client: ports.service, inner: true }
}
