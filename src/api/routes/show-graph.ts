import * as z from 'zod'
import { definitionPath, versionText } from '../http/parameters.ts'
import { refuse } from '../http/problem.ts'
import { requireHead } from '../reads/read-heads.ts'
import { requireRevision, toState } from '../reads/read-revisions.ts'
import { defineRoute, type RouteCall } from '../route.ts'

const query = z.strictObject({
  version: versionText.optional().describe('This version instead of the live one.'),
})

const graph = z.strictObject({
  nodes: z.array(
    z.strictObject({ id: z.string(), label: z.string(), notes: z.array(z.string()) }).describe('A step.'),
  ),
  edges: z.array(z.strictObject({ from: z.string(), to: z.string() })).describe('`to` comes after `from`.'),
})

/** `GET /api/:kind/:id/graph`: a definition as boxes and arrows. */
export const showGraph = defineRoute({
  method: 'GET',
  path: '/api/:kind/:id/graph',
  name: 'showGraph',
  summary: 'Show a definition as a graph: for a template, its steps.',
  access: 'public',
  params: definitionPath,
  query,
  responses: {
    200: { description: 'The graph.', schema: graph },
    304: { description: 'Not modified since the answer with this ETag.' },
    404: {
      description: 'Definitions of this kind have no graph, or the version does not exist or is not public.',
    },
    410: { description: 'The content was withdrawn and deleted.' },
    422: { description: 'The manifest does not fit this version of NOFX.' },
  },
  handle: async (call: RouteCall<z.infer<typeof definitionPath>, z.infer<typeof query>>) => {
    const { kind, client, params } = call
    const { graph } = kind
    if (!graph) throw refuse(404, 'NOT_FOUND', `${kind.id} have no graph`, 'ask for the graph of a template')
    const which = { kind, id: params.id }
    const version = call.query.version ?? (await requireHead(client, which)).version ?? undefined
    const row = await requireRevision({ client, inner: false }, which, version)
    const etag = `${row.version}-${row.digest}`
    const cacheTags = [`registry-${kind.id}`, `registry-${kind.id}-${which.id}`]
    if (call.matches(etag)) return { status: 304, etag, cacheTags }
    const { state, fits } = toState(row, kind)
    if (fits) return { body: graph(state), etag, cacheTags }
    const misfit = `version ${row.version} of the ${kind.singular} "${which.id}" does not fit this version of NOFX`
    throw refuse(
      422,
      'FINDINGS',
      misfit,
      `see its manifest: /api/${kind.id}/${which.id}/versions/${row.version}`,
    )
  },
})
