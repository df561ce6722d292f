import { Failure } from '../contract/failure.ts'
import { LENGTHS } from '../contract/lengths.ts'

/**
 * Checks what people say in flags before anything is opened: the wire would refuse it with words of its own.
 * @throws Failure USAGE
 */
export function requireLimits({ reason }: Record<string, unknown>): void {
  if (typeof reason === 'string') limited('--reason', reason, LENGTHS.reason)
}

/**
 * A text that the registry takes, with the limits of the wire, which counts UTF-16 code units.
 * @throws Failure USAGE naming where the text comes from and its limits
 */
export function limited(from: string, text: string, [min, max]: readonly [number, number]): string {
  if (text.length <= max && text.isWellFormed() && text.trim().length >= min) return text
  const limits = `${from} needs ${min} to ${max.toLocaleString('en')} characters`
  const given = text.trim() === '' ? 'it is empty' : `it has ${text.length.toLocaleString('en')}`
  throw new Failure('USAGE', limits, `${given}: give ${from} a text of that length`)
}
