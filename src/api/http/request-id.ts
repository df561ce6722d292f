import { randomUUID } from 'node:crypto'

export const REQUEST_ID = 'x-request-id'

/** The id that the caller gave its request, if it can stand in a log line as it is; else a new one. */
export function readRequestId(headers: Headers): string {
  const given = headers.get(REQUEST_ID) ?? ''
  return /^[\w-]{8,128}$/.test(given) ? given : randomUUID()
}
