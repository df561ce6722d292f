import { call, type Rpc } from '../http/rpc.ts'

/**
 * Asks the database whether a user may still publish: a token contains the rights of up to an hour ago.
 * @throws Refusal 500
 */
export function userPublishes(rpc: Rpc): (user: string, session?: string) => Promise<boolean> {
  return async (user, session) =>
    (await call(rpc, 'registry_user_publishes', { p_user: user, p_session: session ?? null })) === true
}
