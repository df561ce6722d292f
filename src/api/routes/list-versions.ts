import * as z from 'zod'
import { nameOf } from '../../contract/name.ts'
import { badCursor, decodeCursor, encodeCursor, nextLink } from '../http/cursor.ts'
import { cursorText, definitionPath, MAX_VERSION, pageSize } from '../http/parameters.ts'
import { registryTag } from '../http/tags.ts'
import {
  findLifetimes,
  listRevisions,
  readEnd,
  readUndone,
  unknownDefinition,
} from '../reads/read-revisions.ts'
import { versionList } from '../reads/shapes.ts'
import { sightOf } from '../reads/sight.ts'
import { defineRoute, type RouteCall } from '../route.ts'

const query = z.strictObject({ limit: pageSize, cursor: cursorText.optional() })
const cursorShape = z.strictObject({ before: z.int().min(1).max(MAX_VERSION), of: z.string() })

/** `GET /api/:kind/:id/versions`: the versions of one definition, newest first. */
export const listVersions = defineRoute({
  method: 'GET',
  path: '/api/:kind/:id/versions',
  name: 'listVersions',
  summary: 'List the versions of one definition, newest first.',
  access: 'public',
  params: definitionPath,
  query,
  responses: {
    200: { description: 'One page. The header `Link` names the next one.', schema: versionList },
    304: { description: 'Not modified since the answer with this ETag.' },
    404: { description: 'The definition does not exist or is not public.' },
  },
  handle: async (call: RouteCall<z.infer<typeof definitionPath>, z.infer<typeof query>>) => {
    const { kind, url, principal, env } = call
    const { id } = call.params
    const { limit, cursor } = call.query
    const of = nameOf({ kind: kind.id, id })
    const before = cursor === undefined ? undefined : readCursor(cursor, of, env)
    // Read before the list: a publish in between makes the tag too old, never the list.
    const newest = await call.ports.newest()
    const etag = registryTag(newest, { of, before, limit, view: principal ? 'all' : 'public' })
    const cacheTags = [`registry-${kind.id}`, `registry-${kind.id}-${id}`]
    const sight = sightOf(call)
    const revisions = await listRevisions(sight, { kind, id }, { before, limit: limit + 1 })
    if (revisions.length === 0 && before === undefined) throw unknownDefinition({ kind, id })
    // Not before the list is read: `*` or an invented tag would reveal that the definition exists.
    if (call.matches(etag)) return { status: 304, etag, cacheTags }
    const page = revisions.slice(0, limit)
    const undone = await readUndone(
      sight,
      page.map(({ releaseId }) => releaseId),
    )
    const end = sight.inner && before !== undefined ? await readEnd(sight, { kind, id }, before) : null
    const lives = sight.inner ? findLifetimes(page, end) : []
    const items = page.map((row, at) => ({ ...row, undoes: undone.get(row.releaseId), lived: lives[at] }))
    const last = page.at(-1)
    const nextCursor =
      revisions.length > limit && last ? encodeCursor({ before: last.version, of }, env) : null
    return {
      body: { items, nextCursor },
      ...(env === undefined ? { etag } : {}),
      cacheTags,
      ...(nextCursor === null ? {} : { headers: { link: nextLink(url, nextCursor, env) } }),
    }
  },
})

function readCursor(text: string, of: string, env: string | undefined): number {
  const cursor = decodeCursor(text, cursorShape, env)
  if (cursor.of === of) return cursor.before
  throw badCursor('it belongs to another definition')
}
