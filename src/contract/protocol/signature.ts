import { Buffer } from 'node:buffer'
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

/**
 * Signatures the Standard Webhooks way (https://www.standardwebhooks.com): HMAC-SHA256 over `<id>.<timestamp>.<body>`,
 * in the headers `webhook-id`, `webhook-timestamp` and `webhook-signature`.
 */

/** How long a signature is valid, in seconds before and after its timestamp. */
export const TOLERANCE = 300

const PREFIX = 'whsec_'
const SECRET = /^whsec_([A-Za-z0-9+/]{22,86}={0,2})$/
const ID = /^[\w-]{1,200}$/
/** Maximum number of signatures to check; no rotation has more. */
const MAX_SIGNATURES = 8

export interface WebhookMessage {
  /**
   * The same for every attempt to deliver a message, so that a receiver recognises a repetition. Letters, digits,
   * `_-`.
   */
  id: string
  /** The time of this attempt, in seconds since 1970. */
  timestamp: number
  body: string | Uint8Array
}

/** Why a message is refused. Only a sender who knows the secret learns that the timestamp is wrong. */
export type SignatureProblem = 'unsigned' | 'forged' | 'old' | 'future'

/** A new secret: `whsec_` and 32 random bytes in base64. */
export function newSecret(): string {
  return PREFIX + randomBytes(32).toString('base64')
}

/**
 * The secrets in the text of a variable: one, or several, separated by blanks or commas, during a rotation.
 * @throws Error without the text, if a part of it is not a secret of 16 to 64 bytes
 */
export function readSecrets(text: string | undefined): string[] {
  const secrets = (text ?? '').split(/[\s,]+/).filter((part) => part !== '')
  if (secrets.every((secret) => SECRET.test(secret))) return secrets
  throw new Error('is not of the form whsec_<base64>')
}

/** The headers of a signed message, with one signature for each secret. */
export function sign(message: WebhookMessage, secrets: readonly string[]): Record<string, string> {
  return {
    'webhook-id': message.id,
    'webhook-timestamp': String(message.timestamp),
    'webhook-signature': secrets.map((secret) => `v1,${hmac(message, secret)}`).join(' '),
  }
}

/**
 * Checks a message against its headers, in constant time with regard to the secrets.
 * @param now milliseconds since 1970
 */
export function verify(
  headers: Headers,
  body: WebhookMessage['body'],
  secrets: readonly string[],
  now = Date.now(),
): { id: string; timestamp: number } | { problem: SignatureProblem } {
  const id = headers.get('webhook-id')
  const stamp = headers.get('webhook-timestamp')
  const signatures = headers.get('webhook-signature')
  if (!id || !stamp || !signatures || secrets.length === 0) return { problem: 'unsigned' }
  if (!ID.test(id) || !/^\d{1,12}$/.test(stamp)) return { problem: 'forged' }
  const timestamp = Number(stamp)
  if (!isSigned({ id, timestamp, body }, signatures, secrets)) return { problem: 'forged' }
  const age = Math.floor(now / 1000) - timestamp
  if (age > TOLERANCE) return { problem: 'old' }
  return age < -TOLERANCE ? { problem: 'future' } : { id, timestamp }
}

function isSigned(message: WebhookMessage, signature: string, secrets: readonly string[]): boolean {
  const signatures = signature
    .split(' ', MAX_SIGNATURES)
    .filter((one) => one.startsWith('v1,'))
    .map((one) => Buffer.from(one.slice(3)))
  const matches = secrets.flatMap((secret) => {
    const expected = Buffer.from(hmac(message, secret))
    return signatures.map((one) => one.length === expected.length && timingSafeEqual(one, expected))
  })
  return matches.includes(true)
}

function hmac({ id, timestamp, body }: WebhookMessage, secret: string): string {
  const key = Buffer.from(SECRET.exec(secret)?.[1] ?? '', 'base64')
  if (key.length < 16) throw new Error('the signing secret is invalid')
  return createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64')
}
