import * as z from 'zod'
import { sha256 } from '../../../contract/digest.ts'
import { definitionId } from '../../../contract/fields/id.ts'
import type { Kind } from '../../../contract/kind.ts'
import { nameOf } from '../../../contract/name.ts'
import { MARKETPLACE_NAME, marketplaceDocument } from '../../../exchange/plugins/claude-marketplace.ts'
import { PLUGIN_KINDS } from '../../../exchange/plugins/claude-plugin.ts'
import { answerOfSize, MAX_ANSWER } from '../../http/answer-size.ts'
import { MAX_VERSION, phrase } from '../../http/parameters.ts'
import { refuse } from '../../http/problem.ts'
import { fingerprint, registryTag } from '../../http/tags.ts'
import type { ApiPorts } from '../../ports.ts'
import { readOne } from '../../reads/read-live.ts'
import { defineRoute, type RouteCall } from '../../route.ts'
import { ARCHIVES, FORM, makePlugin, pluginName } from './plugin-archives.ts'
import { readMarketplace, tooMany } from './read-marketplace.ts'

/** No entry is shorter, so that it is clear before anything is made that an answer would be too large, bytes. */
const SMALLEST_ENTRY = 200

const ARCHIVE = /^([1-9][0-9]{0,9})\.zip$/

const tagsOf = (kinds: readonly Kind[]) => kinds.map(({ id }) => `registry-${id}`)
const isPluginKind = (id: string) => PLUGIN_KINDS.some((kind) => kind === id)
const pluginKinds = ({ kinds }: ApiPorts) => kinds.filter(({ id }) => isPluginKind(id))

const marketplace = z.looseObject({
  name: z.string(),
  owner: z.object({ name: z.string() }),
  renames: z.record(z.string(), z.string().nullable()).optional(),
  plugins: z.array(z.looseObject({ name: z.string(), version: z.string(), source: z.unknown() })),
})

const query = z.strictObject({
  kind: z.enum(PLUGIN_KINDS).optional().describe('Only definitions of this kind.'),
  owner: phrase(200).optional().describe('Only definitions of exactly this owner.'),
  tag: phrase(100).optional().describe('Only definitions with exactly this tag.'),
  category: phrase(100).optional().describe('Only definitions of exactly this category.'),
})

/** `GET /api/marketplaces/claude/marketplace.json`: every live definition as a plugin of Claude Code. */
export const showMarketplace = defineRoute({
  method: 'GET',
  path: `${ARCHIVES}/marketplace.json`,
  name: 'showMarketplace',
  summary: 'Show the live definitions, or some of them, as a marketplace of Claude Code.',
  access: 'public',
  previews: false,
  discovery: true,
  cost: 5,
  query,
  responses: {
    200: { description: 'The marketplace.', schema: marketplace },
    304: { description: 'Not modified since the answer with this ETag.' },
    422: { description: 'The marketplace is larger than an answer may be: a filter makes it smaller.' },
    503: { description: 'The archives are being hashed, and the next request goes on.' },
  },
  handle: async ({
    ports,
    url: { origin },
    query: { kind, ...filters },
    conditional,
    matches,
  }: RouteCall<unknown, z.infer<typeof query>>) => {
    const kinds = pluginKinds(ports).filter(({ id }) => kind === undefined || id === kind)
    const cacheTags = tagsOf(kinds)
    const etag = registryTag(await ports.newest(), ['claude-marketplace', FORM, origin, kind, filters])
    if (conditional && matches(etag)) return { status: 304, etag, cacheTags }
    const size = { origin, most: MAX_ANSWER / SMALLEST_ENTRY }
    const { entries, gone } = await readMarketplace(ports, kinds, filters, size)
    const body = marketplaceDocument(nameFor({ kind, ...filters }), entries, namesOfPlugins(gone, kinds))
    return { ...answerOfSize(body, () => tooMany(entries.length)), etag, cacheTags }
  },
})

/** Clients know a marketplace by its name, so each part of a registry has its own. */
function nameFor(filters: Record<string, string | undefined>): string {
  const values = Object.values(filters).filter((value) => value !== undefined)
  if (values.length === 0) return MARKETPLACE_NAME
  const words = values
    .join('-')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
  const slug = words.filter(Boolean).join('-').slice(0, 40).replace(/-$/, '')
  return [MARKETPLACE_NAME, slug, fingerprint(filters).slice(0, 6)].filter(Boolean).join('-')
}

function namesOfPlugins(definitions: readonly { kind: string; id: string }[], kinds: readonly Kind[]) {
  return definitions.flatMap(({ kind: kindId, id }) => {
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
    const isPlugin = isPluginKind(kind.id) && version <= MAX_VERSION
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
