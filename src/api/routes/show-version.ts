import type * as z from 'zod'
import { definitionPath, versionText } from '../http/parameters.ts'
import { wholeTag } from '../http/tags.ts'
import { readUndone, requireRevision, toPublicRevision } from '../reads/read-revisions.ts'
import { revision } from '../reads/shapes.ts'
import { sightOf } from '../reads/sight.ts'
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
  handle: async (call: RouteCall<z.infer<typeof params>>) => {
    const { kind, params, matches } = call
    const { id, version } = params
    const sight = sightOf(call)
    const row = await requireRevision(sight, { kind, id }, version)
    const etag = wholeTag(`${row.version}-${row.digest}`, [row.releaseId, sight.inner])
    const cacheTags = [`registry-${kind.id}`, `registry-${kind.id}-${id}`]
    if (matches(etag)) return { status: 304, etag, cacheTags }
    const undone = await readUndone(sight, [row.releaseId])
    return { body: { ...toPublicRevision(row), undoes: undone.get(row.releaseId) }, etag, cacheTags }
  },
})
