import * as z from 'zod'
import { badCursor, decodeCursor, encodeCursor, nextLink } from '../http/cursor.ts'
import { cursorText, listParameter, pageSize, phrase } from '../http/parameters.ts'
import { fingerprint, listsTag, registryTag } from '../http/tags.ts'
import { readList, readSeq } from '../reads/read-heads.ts'
import { definitionList, type listItem } from '../reads/shapes.ts'
import { defineRoute, type RouteCall } from '../route.ts'

const query = z.strictObject({
  status: listParameter(['active', 'deprecated', 'disabled', 'draft', 'removed'])
    .optional()
    .describe(
      'Only these states, separated by commas. Readers see active and deprecated definitions, publishers see all.',
    ),
  tag: phrase(100).optional().describe('Only definitions with exactly this tag.'),
  skill: phrase(100).optional().describe('Only definitions that offer the skill with this id.'),
  category: phrase(100).optional().describe('Only definitions of exactly this category.'),
  search: phrase(200)
    .optional()
    .describe('Only definitions whose id, name, summary or tags contain this text.'),
  limit: pageSize,
  cursor: cursorText.optional(),
  updatedSince: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .describe(
      '`updatedSince` of an earlier list: only definitions published, rolled back or promoted since. In a preview only ' +
        'those that changed in the preview itself.',
    ),
})

type DefinitionsQuery = z.infer<typeof query>

/**
 * `q` binds a cursor to its filters; `seq` is that of the first page, so that changes between two pages are not missed.
 */
const cursorShape = z.strictObject({ after: phrase(100), seq: z.int().min(0), q: z.string() })
const sinceShape = z.strictObject({ since: z.int().min(0) })

/** `GET /api/:kind`: one page, by id. */
export const listDefinitions = defineRoute({
  method: 'GET',
  path: '/api/:kind',
  name: 'listDefinitions',
  summary: 'List the definitions of a kind by id, page by page.',
  access: 'public',
  query,
  responses: {
    200: { description: 'One page. The header `Link` names the next one.', schema: definitionList },
    304: { description: 'Not modified since the answer with this ETag.' },
  },
  handle: async (call: RouteCall<unknown, DefinitionsQuery>) => {
    const { kind, client, principal, env, url } = call
    const { limit, cursor, updatedSince, ...filters } = call.query
    const since = updatedSince === undefined ? undefined : decodeCursor(updatedSince, sinceShape, env).since
    const q = fingerprint({ kind: kind.id, ...filters, since })
    const from = cursor === undefined ? undefined : readCursor(cursor, q, env)
    const page = { q, limit, from, view: principal ? 'all' : 'public' }
    const cacheTags = [`registry-${kind.id}`, listsTag(kind.id)]
    if (call.conditional) {
      const etag = registryTag(await readSeq(client), page)
      if (call.matches(etag)) return { status: 304, etag, cacheTags }
    }
    const list = await readList(client, kind.id, { ...filters, since, after: from?.after, limit })
    if ((since ?? 0) > list.seq || (from?.seq ?? 0) > list.seq)
      throw badCursor('the registry has no event with that number')
    const seq = from?.seq ?? list.seq
    const nextCursor = list.next === null ? null : encodeCursor({ after: list.next, seq, q }, env)
    return {
      body: { items: list.items.map(toItem), nextCursor, updatedSince: encodeCursor({ since: seq }, env) },
      ...(env === undefined ? { etag: registryTag(list.seq, page) } : {}),
      cacheTags,
      ...(nextCursor === null ? {} : { headers: { link: nextLink(url, nextCursor, env) } }),
    }
  },
})

function readCursor(text: string, q: string, env: string | undefined): z.infer<typeof cursorShape> {
  const cursor = decodeCursor(text, cursorShape, env)
  if (cursor.q === q) return cursor
  throw badCursor('it belongs to another list; repeat the filters of the first page')
}

type ListRow = Awaited<ReturnType<typeof readList>>['items'][number]

function toItem({ metadata, state, ...row }: ListRow): z.infer<typeof listItem> {
  const { name, summary, tags, provides, owner, version, facts } = metadata
  const { category } = facts
  return {
    ...row,
    status: state as z.infer<typeof listItem>['status'],
    name,
    summary,
    tags,
    skills: provides,
    ...(typeof category === 'string' ? { category } : {}),
    owner,
    declaredVersion: version,
    facts,
  }
}
