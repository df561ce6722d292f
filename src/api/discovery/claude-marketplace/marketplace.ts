import type { SupabaseClient } from '@supabase/supabase-js'
import * as z from 'zod'
import { PAGE, pages } from '../../../cloud/registry/ask.ts'
import { seq as seqShape } from '../../../cloud/registry/shapes.ts'
import { sha256 } from '../../../contract/digest.ts'
import { definitionId } from '../../../contract/fields/id.ts'
import type { JsonObject, Kind } from '../../../contract/kind.ts'
import { nameOf } from '../../../contract/name.ts'
import { MARKETPLACE_NAME, renderMarketplace } from '../../../exchange/plugins/claude-marketplace.ts'
import { PLUGIN_KINDS } from '../../../exchange/plugins/claude-plugin.ts'
import { MAX_VERSION } from '../../http/parameters.ts'
import { refuse } from '../../http/problem.ts'
import { registryTag } from '../../http/tags.ts'
import type { ApiPorts } from '../../ports.ts'
import { listLive, readEachLive, readOne } from '../../reads/read-live.ts'
import { ask } from '../../reads/read-revisions.ts'
import { defineRoute, type RouteCall } from '../../route.ts'
import { ARCHIVES, findPlugin, keepPlugin, makePlugin, pluginName, toEntry } from './plugin-archives.ts'

const ARCHIVE = /^([1-9][0-9]{0,9})\.zip$/

const tagsOf = (kinds: readonly Kind[]) => kinds.map(({ id }) => `registry-${id}`)
const pluginKinds = ({ kinds }: ApiPorts) => kinds.filter(({ id }) => PLUGIN_KINDS.includes(id))

const marketplace = z.looseObject({
  name: z.string(),
  owner: z.object({ name: z.string() }),
  renames: z.record(z.string(), z.string().nullable()).optional(),
  plugins: z.array(z.looseObject({ name: z.string(), version: z.string(), source: z.unknown() })),
})

/** `GET /api/marketplaces/claude/marketplace.json`: every live definition as a plugin of Claude Code. */
export const showMarketplace = defineRoute({
  method: 'GET',
  path: `${ARCHIVES}/marketplace.json`,
  name: 'showMarketplace',
  summary: 'Show the live definitions as a marketplace of Claude Code.',
  access: 'public',
  previews: false,
  discovery: true,
  cost: 5,
  responses: {
    200: { description: 'The marketplace.', schema: marketplace },
    304: { description: 'Not modified since the answer with this ETag.' },
  },
  handle: async ({ ports, url, conditional, matches }) => {
    const client = ports.reader()
    const kinds = pluginKinds(ports)
    const cacheTags = tagsOf(kinds)
    const etag = registryTag(await ports.newest(), ['claude-marketplace', url.origin])
    if (conditional && matches(etag)) return { status: 304, etag, cacheTags }
    const entries = (
      await Promise.all(kinds.map((kind) => readEntries(ports, client, kind, url.origin)))
    ).flat()
    const earlier = JSON.stringify({ plugins: (await readGone(client, kinds)).map((name) => ({ name })) })
    return { body: JSON.parse(renderMarketplace(MARKETPLACE_NAME, entries, earlier)), etag, cacheTags }
  },
})

/** The content of a version is read once: whatever made its plugin remembers the entry. */
async function readEntries(
  ports: ApiPorts,
  client: SupabaseClient,
  kind: Kind,
  origin: string,
): Promise<JsonObject[]> {
  const versions = await listLive(client, kind.id)
  const knownPlugins = versions.map((version) => findPlugin(kind, version))
  const unknown = versions.filter((_version, at) => knownPlugins[at] === undefined)
  const fresh = await readEachLive(client, kind.id, unknown, (row) => keepPlugin(ports, kind, row))
  return [...knownPlugins, ...fresh].flatMap((plugin) => (plugin ? [toEntry(plugin, origin)] : []))
}

const removal = z.object({ seq: seqShape, kind: z.string(), id: definitionId })

/** Plugins of definitions that readers have seen removed. */
async function readGone(client: SupabaseClient, kinds: readonly Kind[]): Promise<string[]> {
  const types = kinds.map(({ singular }) => `${singular}.removed`)
  const rows = await pages((last: z.output<typeof removal> | undefined) => {
    const query = client
      .from('registry_events')
      .select('seq,kind,id')
      .in('type', types)
      .gt('seq', last?.seq ?? 0)
      .order('seq')
      .limit(PAGE)
    return ask('list what was removed', removal, query)
  })
  return rows.flatMap(({ kind: kindId, id }) => {
    const kind = kinds.find((one) => one.id === kindId)
    return kind ? [pluginName(kind, id)] : []
  })
}

const params = z.object({ id: definitionId, archive: z.string().max(16).regex(ARCHIVE) })

/** `GET /api/marketplaces/claude/:kind/:id/:archive`: the plugin of one version. */
export const downloadPlugin = defineRoute({
  method: 'GET',
  path: `${ARCHIVES}/:kind/:id/:archive`,
  name: 'downloadPlugin',
  summary: 'Get the plugin (`<version>.zip`) of one version of a definition.',
  access: 'public',
  previews: false,
  discovery: true,
  params,
  responses: {
    200: { description: 'A zip with the plugin at its root.', type: 'application/zip' },
    304: { description: 'Not modified since the answer with this ETag.' },
    404: { description: 'The version does not exist or is not public.' },
  },
  handle: async ({ ports, kind, params: { id, archive }, matches }: RouteCall<z.infer<typeof params>>) => {
    const version = Number(ARCHIVE.exec(archive)?.[1])
    const isPlugin = PLUGIN_KINDS.includes(kind.id) && version <= MAX_VERSION
    const row = isPlugin ? await readOne(ports.reader(), kind.id, { id, version }) : undefined
    const plugin = row && (await makePlugin(ports, kind, row))
    if (!plugin)
      throw refuse(
        404,
        'NOT_FOUND',
        `${nameOf({ kind: kind.id, id })} has no plugin of version ${version}`,
        `see ${ARCHIVES}/marketplace.json`,
      )
    const etag = sha256(plugin.bytes)
    const cacheTags = [`registry-${kind.id}`, `registry-${kind.id}-${id}`]
    if (matches(etag)) return { status: 304, etag, cacheTags }
    return { content: { type: 'application/zip', bytes: plugin.bytes }, etag, cacheTags }
  },
})
