import * as z from 'zod'
import { compareStates } from '../../core/diff/compare.ts'
import { definitionPath, versionText } from '../http/parameters.ts'
import { requireRevision, toState } from '../reads/read-revisions.ts'
import { versionDiff } from '../reads/shapes.ts'
import { defineRoute, type RouteCall } from '../route.ts'

const query = z.strictObject({
  from: versionText.describe('The version before.'),
  to: versionText.describe('The version after.'),
})

/** `GET /api/:kind/:id/diff?from=&to=`: the differences between two versions, and the risks among them. */
export const diffVersions = defineRoute({
  method: 'GET',
  path: '/api/:kind/:id/diff',
  name: 'diffVersions',
  summary: 'Compare two versions: the manifest by meaning, texts by line, assets by hash, and the risks.',
  access: 'public',
  params: definitionPath,
  query,
  responses: {
    200: { description: 'The differences.', schema: versionDiff },
    304: { description: 'Not modified: versions never change.' },
    404: { description: 'One of the two versions does not exist or is not public.' },
    410: { description: 'The content was withdrawn and deleted.' },
  },
  handle: async (call: RouteCall<z.infer<typeof definitionPath>, z.infer<typeof query>>) => {
    const { kind, client } = call
    const which = { kind, id: call.params.id }
    const [before, after] = await Promise.all([
      requireRevision(client, which, call.query.from),
      requireRevision(client, which, call.query.to),
    ])
    const etag = `${before.version}-${before.digest}-${after.version}-${after.digest}`
    const cacheTags = [`registry-${kind.id}`, `registry-${kind.id}-${which.id}`]
    if (call.matches(etag)) return { status: 304, etag, cacheTags }
    const { diff, risks } = await compareStates(kind, toState(before, kind), toState(after, kind))
    const from = { version: before.version, digest: before.digest }
    const to = { version: after.version, digest: after.digest }
    return { body: { kind: kind.id, id: which.id, from, to, ...diff, risks }, etag, cacheTags }
  },
})
