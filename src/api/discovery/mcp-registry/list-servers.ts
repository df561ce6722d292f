import * as z from 'zod'
import { composeOnce } from '../../compose-once.ts'
import { badCursor, decodeCursor, encodeCursor } from '../../http/cursor.ts'
import { cursorText, phrase, wholeNumber } from '../../http/parameters.ts'
import { refuse } from '../../http/problem.ts'
import { fingerprint, listsTag } from '../../http/tags.ts'
import { type EditionQuery, readEditions } from '../../reads/read-editions.ts'
import { defineRoute } from '../../route.ts'
import { serverList, toEntry } from './entries.ts'
import { KIND, registryPath } from './paths.ts'

const MOST = 100
/** A date and a time with its zone (RFC 3339). */
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/i

const query = z.strictObject({
  cursor: cursorText.optional(),
  limit: wholeNumber(1, MOST)
    .default(30)
    .describe(`The largest number of entries in a page, up to ${MOST}; 30 by default.`),
  search: phrase(200)
    .optional()
    .describe('Only servers whose name, title or description contains this text.'),
  updated_since: phrase(64)
    .optional()
    .describe('Only versions that changed since this time (RFC 3339), those that were deleted included.'),
  version: phrase(255).optional().describe('`latest`, or exactly this version.'),
  include_deleted: z
    .enum(['true', 'false'])
    .optional()
    .describe('Also versions that are not available any more.'),
})
type ServersQuery = z.infer<typeof query>

/** `q` binds a cursor to its filters. */
const cursorShape = z.strictObject({ after: phrase(64), place: z.int().min(1), q: z.string() })

/** `GET /v0.1/servers`: one page of all versions of all servers, in a fixed order. */
export const listRegistryServers = defineRoute({
  method: 'GET',
  ...registryPath('/servers'),
  name: 'listRegistryServers',
  summary: 'List the versions of MCP servers, page by page (MCP Registry API).',
  access: 'public',
  previews: false,
  discovery: true,
  query,
  responses: {
    200: { description: 'One page. Without `nextCursor` it is the last one.', schema: serverList },
    304: { description: 'Not modified since the answer with this ETag.' },
  },
  handle: async (call) => {
    const { service } = call.ports
    const { limit, cursor } = call.query
    const filters = readFilters(call.query)
    const q = fingerprint(filters)
    const from = cursor === undefined ? undefined : readCursor(cursor, q)
    const page = { q, limit, from }
    const cacheTags = [`registry-${KIND}`, listsTag(KIND)]
    const answer = await composeOnce(call, page, async () => {
      const place = { after: from?.after, afterPlace: from?.place, limit }
      const list = await readEditions(service, KIND, { ...filters, ...place })
      const last = list.more ? list.items.at(-1) : undefined
      const nextCursor = last && encodeCursor({ after: last.id, place: last.place, q }, undefined)
      const numbers = { count: list.items.length, ...(nextCursor === undefined ? {} : { nextCursor }) }
      return { seq: list.seq, answer: { body: { servers: list.items.map(toEntry), metadata: numbers } } }
    })
    return { ...answer, cacheTags }
  },
})

function readFilters({ search, version, updated_since: since, include_deleted: deleted }: ServersQuery) {
  return {
    ...(search === undefined ? {} : { search }),
    ...(version === undefined ? {} : version === 'latest' ? { latest: true } : { declared: version }),
    ...(since === undefined ? {} : { since: readTime(since) }),
    deleted: deleted === 'true' || since !== undefined,
  } satisfies Omit<EditionQuery, 'limit'>
}

/** @throws Refusal 400 */
function readTime(text: string): number {
  const time = INSTANT.test(text) ? Date.parse(text) : Number.NaN
  if (!Number.isNaN(time) && time >= 0) return time
  const message = `updated_since "${text.slice(0, 40)}" is not a time`
  throw refuse(400, 'BAD_REQUEST', message, 'write it like 2026-11-29T12:00:00Z')
}

function readCursor(text: string, q: string): { after: string; place: number } {
  const cursor = decodeCursor(text, cursorShape, undefined)
  if (cursor.q === q) return cursor
  throw badCursor('it belongs to another list; repeat the filters of the first page')
}
