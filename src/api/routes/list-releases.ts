import * as z from 'zod'
import { RELEASE_COLUMNS, releaseColumns, toRelease } from '../../cloud/registry/rows.ts'
import { decodeCursor, encodeCursor, nextLink } from '../http/cursor.ts'
import { cursorText, pageSize } from '../http/parameters.ts'
import { ask } from '../reads/read-revisions.ts'
import { releaseList } from '../reads/shapes.ts'
import { defineRoute, type RouteCall } from '../route.ts'

const query = z.strictObject({ limit: pageSize, cursor: cursorText.optional() })
const cursorShape = z.strictObject({ before: z.int().min(0) })

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
  handle: async ({
    client,
    url,
    env,
    query: { limit, cursor },
  }: RouteCall<unknown, z.infer<typeof query>>) => {
    const select = client.from('registry_releases').select(RELEASE_COLUMNS)
    const older =
      cursor === undefined ? select : select.lt('seq', decodeCursor(cursor, cursorShape, env).before)
    const rows = await ask(
      'read the releases',
      releaseColumns,
      older.order('seq', { ascending: false }).limit(limit + 1),
    )
    const page = rows.slice(0, limit)
    const last = page.at(-1)
    const nextCursor = rows.length > limit && last ? encodeCursor({ before: last.seq }, env) : null
    return {
      body: { items: page.map(toRelease), nextCursor },
      ...(nextCursor === null ? {} : { headers: { link: nextLink(url, nextCursor, env) } }),
    }
  },
})
