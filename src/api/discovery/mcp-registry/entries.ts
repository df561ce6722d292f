import * as z from 'zod'
import { isObject } from '../../../contract/is-object.ts'
import { OWN_KEY, withoutOwnValues } from '../../../plugins/servers/manifest/own-values.ts'
import type { Edition } from '../../reads/read-editions.ts'

/** The longest message of a status, characters. */
const MESSAGE_LENGTH = 500
const OFFICIAL = 'io.modelcontextprotocol.registry/official'

const official = z.strictObject({
  status: z.enum(['active', 'deprecated', 'deleted']),
  statusMessage: z.string().max(MESSAGE_LENGTH).optional(),
  statusChangedAt: z.string(),
  publishedAt: z.string(),
  updatedAt: z.string(),
  isLatest: z.boolean(),
})

/** A server at one version, as the MCP Registry API has it. */
export const serverEntry = z.strictObject({
  server: z
    .looseObject({ name: z.string(), description: z.string(), version: z.string() })
    .describe('A server.json; of a deleted version its name and version alone.'),
  _meta: z.strictObject({
    [OFFICIAL]: official,
    [OWN_KEY]: z.strictObject({ id: z.string(), version: z.int(), digest: z.string() }),
  }),
})

export const serverList = z.strictObject({
  servers: z.array(serverEntry),
  metadata: z.strictObject({ count: z.int(), nextCursor: z.string().optional() }),
})

/** The name of the server of an edition, which a withdrawn manifest does not have any more. */
export function nameOfEdition(edition: Edition): string {
  const name = edition.manifest?.name ?? edition.metadata.facts.server
  return typeof name === 'string' ? name : ''
}

export function toEntry(edition: Edition): z.infer<typeof serverEntry> {
  const { id, version, digest, status, latest, publishedAt, changedAt } = edition
  const statusMessage = readMessage(edition)
  return {
    server: toServer(edition),
    _meta: {
      [OFFICIAL]: {
        status,
        ...(statusMessage === undefined ? {} : { statusMessage }),
        statusChangedAt: changedAt,
        publishedAt,
        updatedAt: changedAt,
        isLatest: latest,
      },
      [OWN_KEY]: { id, version, digest },
    },
  }
}

/** What no client may use any more is named and nothing else, so that its copies can be removed. */
function toServer(edition: Edition): z.infer<typeof serverEntry>['server'] {
  const { manifest, declared } = edition
  const name = nameOfEdition(edition)
  if (manifest === null)
    return { name, description: 'This version is not available any more.', version: declared }
  return { ...withoutOwnValues(manifest), name, description: String(manifest.description), version: declared }
}

function readMessage({ status, manifest }: Edition): string | undefined {
  if (status !== 'deprecated' || manifest === null) return undefined
  const meta = isObject(manifest._meta) ? manifest._meta : {}
  const own = isObject(meta[OWN_KEY]) ? meta[OWN_KEY] : {}
  const message = isObject(own.deprecation) ? own.deprecation.message : undefined
  return typeof message === 'string' ? message.slice(0, MESSAGE_LENGTH) : undefined
}
