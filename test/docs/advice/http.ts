import type { Advice } from './failures.ts'

/** Advice for the codes that only the HTTP API has. */
export const HTTP_ADVICE: Record<string, Advice> = {
  BAD_REQUEST: {
    cause:
      'A parameter, a header or the body does not match the OpenAPI document; `errors` names the fields.',
    act: 'Correct the fields, and remove unknown parameters.',
  },
  ANSWER_TOO_LARGE: {
    cause: 'A marketplace or an index of all definitions is larger than a platform sends.',
    act: 'Ask for parts of it: `marketplace.json?kind=…`, `?owner=…`, `?tag=…` or `?category=…`; `index.json?owner=…` or `?tag=…`.',
  },
  BAD_CURSOR: {
    cause: 'The cursor belongs to another list or to other filters, or was changed.',
    act: 'Start again without `cursor`.',
  },
  BODY_TOO_LARGE: {
    cause: 'The body exceeds the limit of its route.',
    act: 'Send less; publish large definitions with the CLI.',
  },
  CONTENT_TYPE: { cause: 'The body is not `application/json`.', act: 'Set the header `Content-Type`.' },
  DELIVERY_REFUSED: {
    cause:
      'A delivery at `/api/events/deliveries` is not signed with `NOFX_EVENTS_SECRET`, is too old, or was received before.',
    act: 'Set the same secret on both sides ([events](events.md#to-the-edge)).',
  },
  FOREIGN_PAGE: {
    cause: 'A page of another origin, or no page, asks for a session of the console.',
    act: 'Ask from a page of the console itself; programs send `apikey` or `Authorization`.',
  },
  METHOD_NOT_ALLOWED: {
    cause: 'The path does not support the method.',
    act: 'Use a method from the header `Allow`.',
  },
  NOT_IMPLEMENTED: {
    cause: 'A client of the MCP Registry API publishes or changes a server.',
    act: 'Run the command of the hint; the registry takes changes from git.',
  },
  PATH_TOO_LONG: {
    cause: 'The path is longer than every path of this API.',
    act: 'Correct the path.',
  },
  MARKETPLACE_NOT_READY: {
    cause: 'Many definitions are new, and each request hashes the archives of 1,000 of them.',
    act: 'Ask again after `Retry-After`, until the marketplace is there.',
  },
  PRECONDITION_FAILED: {
    cause: '`If-Match` names a version that is not the newest any more, because the definition changed.',
    act: 'Read the definition again, and send its new `ETag` if you still want the change.',
  },
  PRECONDITION_REQUIRED: {
    cause: 'A write has no precondition, which its route requires.',
    act: 'Send the `ETag` of the definition as `If-Match`.',
  },
  RATE_LIMITED: {
    cause: 'One address or key sent too many requests in a minute.',
    act: 'Wait for the seconds in `Retry-After`.',
  },
  TOO_MANY_STREAMS: {
    cause: 'The instance has as many event streams as it may.',
    act: 'Try again, poll `GET /api/events`, or raise `NOFX_EVENT_STREAMS`.',
  },
}
