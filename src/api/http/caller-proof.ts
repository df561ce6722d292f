import type { Principal } from '../../edge/auth/principal.ts'

/** Credentials that the API has verified, for requests that a route sends for the same caller in this process. */
export interface CallerProof {
  principal: Principal
  authorization: string | null
  apikey: string | null
}

/**
 * The place of a proof beside a request. A request from outside consists of a URL, headers and a body, and no other
 * module can name this symbol, so that only `besideRequest` puts a proof there.
 */
const PROOF = Symbol('proof')

/** @param headers those of the request whose credentials `principal` comes from */
export function proofOf(headers: Headers, principal: Principal): CallerProof {
  return { principal, authorization: headers.get('authorization'), apikey: headers.get('apikey') }
}

/** What the app gets beside a request of this process. */
export function besideRequest(proof: CallerProof | undefined): object {
  return { [PROOF]: proof }
}

/** The caller that a proof beside a request names; undefined when the request has other credentials than the proof. */
export function provenCaller(beside: unknown, headers: Headers): Principal | undefined {
  if (typeof beside !== 'object' || beside === null) return undefined
  const proof = (beside as { [PROOF]?: CallerProof })[PROOF]
  if (!proof || proof.authorization !== headers.get('authorization')) return undefined
  return proof.apikey === headers.get('apikey') ? proof.principal : undefined
}
