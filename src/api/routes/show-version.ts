import type * as z from 'zod'
import { definitionPath, versionText } from '../http/parameters.ts'
import { requireRevision, toPublicRevision } from '../reads/read-revisions.ts'
import { revision } from '../reads/shapes.ts'
import { defineRoute, type RouteCall } from '../route.ts'

const params = definitionPath.extend({ version: versionText })

/** `GET /api/:kind/:id/versions/:version`: one version, which never changes. */
export const showVersion = defineRoute({
  method: 'GET',
  path: '/api/:kind/:id/versions/:version',
  name: 'showVersion',
  summary: 'Show one version with its manifest and texts.',
  access: 'public',
  params,
  responses: {
    200: { description: 'The version.', schema: revision },
    304: { description: 'Not modified: a version never changes.' },
    404: { description: 'The version does not exist or is not public.' },
    410: { description: 'The content was withdrawn and deleted.' },
  },
  handle: async ({ kind, params: { id, version }, client, matches }: RouteCall<z.infer<typeof params>>) => {
    const row = await requireRevision(client, { kind, id }, version)
    const etag = `${row.version}-${row.digest}`
    const cacheTags = [`registry-${kind.id}`, `registry-${kind.id}-${id}`]
    if (matches(etag)) return { status: 304, etag, cacheTags }
    return { body: toPublicRevision(row), etag, cacheTags }
  },
})
