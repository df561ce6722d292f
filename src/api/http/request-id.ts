import { randomUUID } from 'node:crypto'

export const REQUEST_ID = 'x-request-id'

/** The caller's own request id, if it is safe in a log line; else a new one. */
export function readRequestId(headers: Headers): string {
  const header = headers.get(REQUEST_ID) ?? ''
  return /^[\w-]{8,128}$/.test(header) ? header : randomUUID()
}
