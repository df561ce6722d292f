import * as z from 'zod'
import { serverId } from '../../../plugins/servers/manifest/name.ts'
import { composeOnce } from '../../compose-once.ts'
import { refuse } from '../../http/problem.ts'
import { type Edition, type EditionQuery, readEditions } from '../../reads/read-editions.ts'
import { defineRoute, type RouteCall } from '../../route.ts'
import { nameOfEdition, serverEntry, serverList, toEntry } from './entries.ts'
import { KIND, registryPath, serverName, serverVersion } from './paths.ts'

/** The most versions of one server in an answer, the newest ones. */
const MOST_VERSIONS = 1_000

const query = z.strictObject({
  include_deleted: z
    .enum(['true', 'false'])
    .optional()
    .describe('Also versions that are not available any more.'),
})
type ServerQuery = z.infer<typeof query>

/** `GET /v0.1/servers/{name}/versions`: the versions of one server. */
export const listRegistryVersions = defineRoute({
  method: 'GET',
  ...registryPath('/servers/:name/versions'),
  name: 'listRegistryVersions',
  summary: 'List the versions of one MCP server, oldest first (MCP Registry API).',
  access: 'public',
  previews: false,
  discovery: true,
  params: z.object({ name: serverName }),
  query,
  responses: {
    200: { description: 'The versions.', schema: serverList },
    304: { description: 'Not modified since the answer with this ETag.' },
  },
  handle: async (call) => {
    const { name } = call.params
    return answer(call, name, { limit: MOST_VERSIONS }, (editions) => {
      const servers = editions.map(toEntry)
      return { servers, metadata: { count: servers.length } }
    })
  },
})

/** `GET /v0.1/servers/{name}/versions/{version}`: one version, or the live one as `latest`. */
export const showRegistryVersion = defineRoute({
  method: 'GET',
  ...registryPath('/servers/:name/versions/:version'),
  name: 'showRegistryVersion',
  summary: 'Show one version of an MCP server (MCP Registry API).',
  access: 'public',
  previews: false,
  discovery: true,
  params: z.object({ name: serverName, version: serverVersion }),
  query,
  responses: {
    200: { description: 'The version.', schema: serverEntry },
    304: { description: 'Not modified since the answer with this ETag.' },
  },
  handle: async (call) => {
    const { name, version } = call.params
    const which = version === 'latest' ? { latest: true } : { declared: version }
    return answer(call, name, { ...which, limit: 1 }, ([edition]) => edition && toEntry(edition))
  },
})

/** @throws Refusal 404 when there is nothing to show, or another server has the id of this name */
async function answer(
  call: RouteCall<unknown, ServerQuery>,
  name: string,
  which: EditionQuery,
  render: (editions: readonly Edition[]) => object | undefined,
) {
  const { service } = call.ports
  const id = serverId(name)
  const filters = { ...which, id, deleted: call.query.include_deleted === 'true' }
  const cacheTags = [`registry-${KIND}`, `registry-${KIND}-${id}`]
  const composed = await composeOnce(call, filters, async () => {
    const { items, seq } = await readEditions(service, KIND, filters)
    const editions = items.filter((edition) => nameOfEdition(edition) === name)
    const body = editions.length > 0 ? render(editions) : undefined
    if (body) return { seq, answer: { body } }
    throw refuse(404, 'NOT_FOUND', 'Server not found', 'see /v0.1/servers')
  })
  return { ...composed, cacheTags }
}
