import { Failure } from '../contract/failure.ts'
import { LENGTHS } from '../contract/lengths.ts'

/**
 * Checks texts in flags before anything is opened, so that the message names the flag and not a field of the protocol.
 * @throws Failure USAGE
 */
export function requireLimits({ reason }: Record<string, unknown>): void {
  if (typeof reason === 'string') limited('--reason', reason, LENGTHS.reason)
}

/**
 * Checks a text against the protocol's limits, in UTF-16 code units.
 * @param from where the text comes from, for the message
 * @throws Failure USAGE naming that place and the limits
 */
export function limited(from: string, text: string, [min, max]: readonly [number, number]): string {
  if (text.length <= max && text.isWellFormed() && text.trim().length >= min) return text
  const limits = `${from} needs ${min} to ${max.toLocaleString('en')} characters`
  const given = text.trim() === '' ? 'it is empty' : `it has ${text.length.toLocaleString('en')}`
  throw new Failure('USAGE', limits, `${given}: give ${from} a text of that length`)
}
