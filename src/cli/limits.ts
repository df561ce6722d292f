import { Failure } from '../contract/failure.ts'
import { LENGTHS } from '../contract/lengths.ts'

/**
 * Checks texts in flags before anything is opened, so that the message names the flag and not a field of the protocol.
 * @throws Failure USAGE
 */
export function requireLimits({ reason }: Record<string, unknown>): void {
  if (typeof reason !== 'string') return
  limited('the reason', reason, LENGTHS.reason, (range) => `say why: --reason "<${range}>"`)
}

/**
 * Checks a text against the protocol's limits, in UTF-16 code units.
 * @param name of the text, for the message
 * @param hint makes the hint from the allowed range, such as `1 to 255 characters`
 * @throws Failure USAGE with the text and the reason
 */
export function limited(
  name: string,
  text: string,
  [min, max]: readonly [number, number],
  hint: (range: string) => string,
): string {
  const renderCount = (count: number) => count.toLocaleString('en')
  const isBlank = text.trim().length < min
  if (text.length <= max && text.isWellFormed() && !isBlank) return text
  const long = text.isWellFormed()
    ? `has ${renderCount(text.length)} characters`
    : 'has half of a surrogate pair'
  throw new Failure(
    'USAGE',
    `${name} ${isBlank ? 'is empty' : long}`,
    hint(`${min} to ${renderCount(max)} characters`),
  )
}
