/** The longest pause that a receiver can ask for, seconds; after it the delivery is retried in any case. */
const LONGEST = 86_400

/**
 * The value of `Retry-After` (RFC 9110, 10.2.3), as seconds from now; undefined when it is missing or invalid.
 * @param now milliseconds since 1970
 */
export function secondsIn(header: string | undefined, now: number): number | undefined {
  const text = header?.trim() ?? ''
  const seconds = /^\d+$/.test(text) ? Number(text) : (Date.parse(text) - now) / 1000
  return seconds > 0 ? Math.min(Math.ceil(seconds), LONGEST) : undefined
}
