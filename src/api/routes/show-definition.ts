import type * as z from 'zod'
import { definitionPath } from '../http/parameters.ts'
import { headTag } from '../http/tags.ts'
import { requireHead } from '../reads/read-heads.ts'
import { requireRevision, toPublicRevision } from '../reads/read-revisions.ts'
import { definition } from '../reads/shapes.ts'
import { defineRoute, type RouteCall } from '../route.ts'

/** `GET /api/:kind/:id`: the live version of one definition. */
export const showDefinition = defineRoute({
  method: 'GET',
  path: '/api/:kind/:id',
  name: 'showDefinition',
  summary: 'Show one definition with its manifest and texts.',
  access: 'public',
  params: definitionPath,
  responses: {
    200: {
      description: 'The live version; for publishers the newest draft when none is live.',
      schema: definition,
    },
    304: { description: 'Not modified since the answer with this ETag.' },
    404: { description: 'The definition does not exist or is not public.' },
    410: { description: 'The content was withdrawn and deleted.' },
  },
  handle: async ({ kind, params: { id }, client, matches }: RouteCall<z.infer<typeof definitionPath>>) => {
    const which = { kind, id }
    const head = await requireHead(client, which)
    const etag = headTag(head)
    const cacheTags = [`registry-${kind.id}`, `registry-${kind.id}-${id}`]
    if (matches(etag)) return { status: 304, etag, cacheTags }
    const { state, version, updatedAt, previousVersion, rollbackAdvice } = head
    const row = await requireRevision(client, which, version ?? undefined)
    return {
      body: {
        ...toPublicRevision(row),
        status: state,
        live: version !== null,
        updatedAt,
        previousVersion,
        rollbackAdvice,
      },
      // When only a draft exists, a newer draft may have appeared
      // between the two reads: the tag is that of the one sent.
      etag: headTag({ version, digest: row.digest, state }),
      cacheTags,
    }
  },
})
