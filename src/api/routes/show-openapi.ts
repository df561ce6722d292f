import { fingerprint } from '../http/tags.ts'
import { describeApi } from '../openapi.ts'
import { defineRoute } from '../route.ts'

/** `GET /api/openapi.json`: this API, for programs. */
export const showOpenapi = defineRoute({
  method: 'GET',
  path: '/api/openapi.json',
  name: 'showOpenapi',
  summary: 'This document.',
  access: 'public',
  previews: false,
  responses: {
    200: { description: 'The OpenAPI document.', type: 'application/json' },
    304: { description: 'It is what the tag says.' },
  },
  handle: async ({ ports, matches }) => {
    // The table holds this route too, so the document is made when it is asked for.
    const { ROUTES } = await import('./routes.ts')
    const body = describeApi(ROUTES, ports.kinds)
    const etag = fingerprint(body)
    if (matches(etag)) return { status: 304, etag, cacheTags: [] }
    return { body, etag, cacheTags: [] }
  },
})
