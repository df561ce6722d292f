import { type SignatureProblem, TOLERANCE, verify } from '../../contract/protocol/signature.ts'
import { MAX_DELIVERY } from '../../contract/protocol/webhooks.ts'
import type { Refusal } from '../../edge/http/refusal.ts'
import { refuse } from '../http/problem.ts'

const CLOCKS = 'compare the clocks of the sender and the receiver'
const SECRETS = 'set NOFX_EVENTS_SECRET to the same value here and in the edge functions'

const PROBLEMS: Readonly<Record<SignatureProblem | 'replayed', [message: string, hint: string]>> = {
  unsigned: ['the delivery is not signed by the registry', SECRETS],
  forged: ['the delivery is not signed by the registry', SECRETS],
  old: [`the signature is older than ${TOLERANCE} seconds`, CLOCKS],
  future: [`the signature is more than ${TOLERANCE} seconds ahead`, CLOCKS],
  replayed: ['this delivery was already accepted', 'send it again under another id'],
}

/**
 * The refusal of an invalid delivery. It reveals nothing about
 * the secret, and the clock only to a sender with the secret.
 */
export function refuseDelivery(problem: SignatureProblem | 'replayed'): Refusal {
  const [message, hint] = PROBLEMS[problem]
  return refuse(401, 'DELIVERY_REFUSED', message, hint)
}

/**
 * Checks the signature and the time of a delivery.
 * @returns the delivery's id, which is valid once
 * @throws Refusal 401
 */
export function checkDelivery(
  headers: Headers,
  body: string | Uint8Array,
  secrets: readonly string[],
  now?: number,
): string {
  if (Buffer.byteLength(body) > MAX_DELIVERY) throw refuseDelivery('forged')
  const checked = verify(headers, body, secrets, now)
  if ('problem' in checked) throw refuseDelivery(checked.problem)
  return checked.id
}
