/** How far the server's clock is ahead of the browser's, in ms. */
let ahead = 0

/**
 * Learns the server's time from an answer, because the browser's clock may be wrong.
 * @param date the header `Date`
 */
export function learnTime(date: string | null): void {
  const at = date === null ? Number.NaN : Date.parse(date)
  if (!Number.isNaN(at)) ahead = at - Date.now()
}

/** Now by the server's clock, in ms since 1970. */
export const serverNow = (): number => Date.now() + ahead
