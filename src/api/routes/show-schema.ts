import { buildJsonSchema } from '../../contract/manifest/json-schema.ts'
import { fingerprint } from '../http/tags.ts'
import { defineRoute } from '../route.ts'

/** `GET /api/schemas/:kind`: the JSON Schema of a kind's manifest, for editors. */
export const showSchema = defineRoute({
  method: 'GET',
  path: '/api/schemas/:kind',
  name: 'showSchema',
  summary: 'The JSON Schema (draft 2020-12) of a kind’s manifest.',
  access: 'public',
  previews: false,
  responses: {
    200: { description: 'The schema.', type: 'application/schema+json' },
    304: { description: 'Not modified since the answer with this ETag.' },
  },
  handle: async ({ kind, matches }) => {
    const body = buildJsonSchema(kind)
    const etag = fingerprint(body)
    if (matches(etag)) return { status: 304, etag, cacheTags: [] }
    return { body, etag, cacheTags: [], headers: { 'content-type': 'application/schema+json' } }
  },
})
