import type { Advice } from './failures.ts'

/** Advice for the codes that only the HTTP API has. */
export const HTTP_ADVICE: Record<string, Advice> = {
  BAD_REQUEST: {
    cause:
      'A parameter, a header or the body is not as the OpenAPI document says; `errors` names the fields.',
    act: 'Correct them. Unknown parameters are refused, too.',
  },
  BAD_CURSOR: {
    cause: 'A cursor of another list, or one that was changed.',
    act: 'Start again without `cursor`.',
  },
  BODY_TOO_LARGE: {
    cause: 'The body exceeds the limit of its route.',
    act: 'Send less; publish large definitions with the CLI.',
  },
  CONTENT_TYPE: { cause: 'The body is not `application/json`.', act: 'Set the header `Content-Type`.' },
  DELIVERY_REFUSED: {
    cause:
      'A delivery at `/api/events/deliveries` is not signed with `NOFX_EVENTS_SECRET`, is old, or came before.',
    act: 'Set the same secret at both ends ([events](events.md#to-the-edge)).',
  },
  METHOD_NOT_ALLOWED: { cause: 'The path takes other methods.', act: 'The header `Allow` names them.' },
  PATH_TOO_LONG: { cause: 'No path of this API is that long.', act: 'Correct the request.' },
  PRECONDITION_FAILED: {
    cause: '`If-Match` names a version that is no longer the newest: somebody moved it.',
    act: 'Read the definition again, decide again, and send its new `ETag`.',
  },
  PRECONDITION_REQUIRED: {
    cause: 'A write came without the precondition that its route wants.',
    act: 'Send the `ETag` of the definition as `If-Match`.',
  },
  RATE_LIMITED: {
    cause: 'Too many requests from one address or key in a minute.',
    act: 'Wait as long as `Retry-After` says.',
  },
  TOO_MANY_STREAMS: {
    cause: 'The instance holds as many event streams as it may.',
    act: 'Try again, poll `GET /api/events`, or raise `NOFX_EVENT_STREAMS`.',
  },
}
