import { fingerprint } from '../http/tags.ts'
import { describeApi } from '../openapi.ts'
import { defineRoute, type Route } from '../route.ts'

/** `GET /api/openapi.json`: the OpenAPI document of all routes in the table, this one included. */
export const createShowOpenapi = (table: () => readonly Route[]) =>
  defineRoute({
    method: 'GET',
    path: '/api/openapi.json',
    name: 'showOpenapi',
    summary: 'This document.',
    access: 'public',
    previews: false,
    responses: {
      200: { description: 'The OpenAPI document.', type: 'application/json' },
      304: { description: 'Not modified since the answer with this ETag.' },
    },
    handle: async ({ ports, matches }) => {
      const body = describeApi(table(), ports.kinds)
      const etag = fingerprint(body)
      if (matches(etag)) return { status: 304, etag, cacheTags: [] }
      return { body, etag, cacheTags: [] }
    },
  })
