/** A receiver that wants to be left alone for longer is asked after a day all the same, seconds. */
const LONGEST = 86_400

/**
 * What `Retry-After` says (RFC 9110, 10.2.3), as seconds from now; undefined when it says nothing of use.
 * @param now milliseconds since 1970
 */
export function secondsIn(header: string | undefined, now: number): number | undefined {
  const text = header?.trim() ?? ''
  const seconds = /^\d+$/.test(text) ? Number(text) : (Date.parse(text) - now) / 1000
  return seconds > 0 ? Math.min(Math.ceil(seconds), LONGEST) : undefined
}
