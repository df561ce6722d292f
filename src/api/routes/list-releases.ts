import * as z from 'zod'
import { parsePast } from '../../core/live-at.ts'
import { badCursor, decodeCursor, encodeCursor, nextLink } from '../http/cursor.ts'
import { cursorText, pageSize, phrase } from '../http/parameters.ts'
import { fingerprint } from '../http/tags.ts'
import { releaseList } from '../reads/history-shapes.ts'
import { findReleases } from '../reads/read-releases.ts'
import { releaseOrigin } from '../reads/shapes.ts'
import { type Call, defineRoute } from '../route.ts'

const query = z
  .strictObject({
    kind: phrase(64).optional().describe('Only releases that moved a definition of this kind.'),
    id: phrase(64).optional().describe('Only releases that moved this definition of the kind.'),
    origin: releaseOrigin.optional().describe('Only releases of this origin.'),
    actor: phrase(255).optional().describe('Only releases of exactly this actor.'),
    commit: z
      .string()
      .regex(/^[0-9a-f]{4,40}$/, 'must be 4 to 40 hexadecimal digits')
      .optional()
      .describe('Only releases of the commit that starts with these 4 to 40 digits.'),
    since: phrase(40).optional().describe('Only releases at or after this time (ISO 8601).'),
    until: phrase(40).optional().describe('Only releases before this time (ISO 8601).'),
    limit: pageSize,
    cursor: cursorText.optional(),
  })
  .refine(({ kind, id }) => id === undefined || kind !== undefined, {
    path: ['id'],
    error: 'needs the kind, too',
  })

/** `q` binds a cursor to its filters. */
const cursorShape = z.strictObject({ before: z.int().min(0), q: z.string() })

/**
 * `GET /api/releases`: releases with actors and reasons, newest
 * first. For publishers, because it contains names of people.
 */
export const listReleases = defineRoute({
  method: 'GET',
  path: '/api/releases',
  name: 'listReleases',
  summary: 'List publishes, rollbacks and promotions, newest first.',
  access: 'publisher',
  query,
  responses: { 200: { description: 'One page. The header `Link` names the next one.', schema: releaseList } },
  handle: async (call: Call<unknown, z.infer<typeof query>>) => {
    const { ports, url, env } = call
    const { limit, cursor, since, until, ...exact } = call.query
    const filters = { ...exact, since: timeOf(since), until: timeOf(until) }
    const q = fingerprint(filters)
    const before = cursor === undefined ? undefined : readCursor(cursor, q, env)
    const found = await findReleases(ports.service, { ...filters, before, limit: limit + 1 })
    const items = found.slice(0, limit)
    const last = items.at(-1)
    const nextCursor = found.length > limit && last ? encodeCursor({ before: last.seq, q }, env) : null
    return {
      body: { items, nextCursor },
      ...(nextCursor === null ? {} : { headers: { link: nextLink(url, nextCursor, env) } }),
    }
  },
})

/** @throws Failure USAGE for a time that is not one, or not yet */
function timeOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Date.parse(parsePast(text, Date.now()))
}

function readCursor(text: string, q: string, env: string | undefined): number {
  const cursor = decodeCursor(text, cursorShape, env)
  if (cursor.q === q) return cursor.before
  throw badCursor('it belongs to another list; repeat the filters of the first page')
}
