import * as z from 'zod'
import { parsePast } from '../../core/live-at.ts'
import { composePage } from '../compose-page.ts'
import { badCursor, decodeCursor, encodeCursor, nextLink } from '../http/cursor.ts'
import { cursorText, listParameter, phrase, wholeNumber } from '../http/parameters.ts'
import { requirePublisher } from '../http/publisher-only.ts'
import { fingerprint, listsTag } from '../http/tags.ts'
import { type ListQuery, readList, readManifests, readMark, readRows } from '../reads/read-heads.ts'
import { definitionList } from '../reads/shapes.ts'
import { sightOf } from '../reads/sight.ts'
import { toItem, toRow } from '../reads/to-item.ts'
import { defineRoute, type RouteCall } from '../route.ts'

/** The largest page of whole entries. */
const MOST = 100
/** The largest page with `view=row`. */
const MOST_ROWS = 500
/** The largest page with `view=manifest`. */
const MOST_MANIFESTS = 50

const query = z
  .strictObject({
    status: listParameter(['active', 'deprecated', 'disabled', 'draft', 'removed'])
      .optional()
      .describe(
        'Only these states, separated by commas. Readers see active and deprecated definitions, publishers see all.',
      ),
    tag: phrase(100).optional().describe('Only definitions with exactly this tag.'),
    skill: phrase(100).optional().describe('Only definitions that offer the skill with this id.'),
    category: phrase(100).optional().describe('Only definitions of exactly this category.'),
    owner: phrase(200).optional().describe('Only definitions of exactly this owner.'),
    search: phrase(200)
      .optional()
      .describe('Only definitions whose id, name, summary or tags contain this text.'),
    waiting: z
      .literal('true')
      .optional()
      .describe('Only definitions with a draft that is not live; for publishers.'),
    held: z
      .literal('true')
      .optional()
      .describe('Only definitions whose newest published content is held; for publishers.'),
    at: phrase(40)
      .optional()
      .describe('What was live at this time (ISO 8601), instead of now; for publishers.'),
    sort: z
      .enum(['id', '-updatedAt'])
      .default('id')
      .describe('`id`, or `-updatedAt` for those first that moved last.'),
    view: z
      .enum(['row', 'manifest'])
      .optional()
      .describe(
        `\`row\` for the fields of a table alone, up to ${MOST_ROWS} in a page; \`manifest\` for the manifest and the files of each ` +
          `live version, too, up to ${MOST_MANIFESTS} in a page.`,
      ),
    limit: wholeNumber(1, MOST_ROWS)
      .default(25)
      .describe(
        `The largest number of entries in a page, up to ${MOST}, with \`view=row\` ${MOST_ROWS}, with \`view=manifest\` ` +
          `${MOST_MANIFESTS}; 25 by default.`,
      ),
    cursor: cursorText.optional(),
    updatedSince: z
      .string()
      .min(1)
      .max(100)
      .optional()
      .describe(
        '`updatedSince` of an earlier list: only definitions published, rolled back or promoted since. In a preview only ' +
          'those that changed in the preview itself. A registry that was restored from a backup since then answers 400.',
      ),
  })
  .refine(({ view, limit }) => view === 'row' || limit <= MOST, {
    path: ['limit'],
    error: `must be a whole number from 1 to ${MOST}, or the view must be "row"`,
  })
  .refine(({ view, limit, at }) => view !== 'manifest' || (limit <= MOST_MANIFESTS && at === undefined), {
    path: ['view'],
    error: `takes a limit of at most ${MOST_MANIFESTS}, and not \`at\``,
  })
  .refine(
    ({ at, waiting, held: onlyHeld, updatedSince }) =>
      at === undefined || !(waiting ?? onlyHeld ?? updatedSince),
    {
      path: ['at'],
      error: 'does not go together with waiting, held or updatedSince',
    },
  )

type DefinitionsQuery = z.infer<typeof query>
type ListCall = RouteCall<unknown, DefinitionsQuery>

/**
 * `q` binds a cursor to its filters; `seq` is that of the first page, so that changes between two pages are not missed.
 */
const cursorShape = z.strictObject({
  after: phrase(100),
  at: z.int().min(0).optional(),
  seq: z.int().min(0),
  mark: z.uuid().optional(),
  q: z.string(),
})
const sinceShape = z.strictObject({ since: z.int().min(0), mark: z.uuid().optional() })
type Cursor = z.infer<typeof cursorShape>

/** `GET /api/:kind`: one page, by id or by time. */
export const listDefinitions = defineRoute({
  method: 'GET',
  path: '/api/:kind',
  name: 'listDefinitions',
  summary: 'List the definitions of a kind, page by page.',
  access: 'public',
  query,
  responses: {
    200: { description: 'One page. The header `Link` names the next one.', schema: definitionList },
    304: { description: 'Not modified since the answer with this ETag.' },
  },
  handle: async (call: ListCall) => {
    const { kind, env, url } = call
    const { limit, cursor } = call.query
    const { filters, q, sinceMark } = readFilters(call)
    const from = cursor === undefined ? undefined : readCursor(cursor, q, env)
    const { inner } = sightOf(call)
    const page = { q, limit, from, view: inner ? 'all' : 'public' }
    const compose = async () => {
      const place = { after: from?.after, afterAt: from?.at, limit, heads: inner }
      const isSame = hasEvent(call, filters.since, sinceMark)
      const [{ list, items }, isKnown] = await Promise.all([readPage(call, { ...filters, ...place }), isSame])
      if (!isKnown || (filters.since ?? 0) > list.seq || (from?.seq ?? 0) > list.seq)
        throw badCursor('the registry has no event with that number')
      // No number shows when production changes below a preview.
      const now = { seq: list.seq, mark: env === undefined ? (list.mark ?? undefined) : undefined }
      const { seq, mark } = from ?? now
      const next =
        list.next === null ? null : { after: list.next, at: list.nextAt ?? undefined, seq, mark, q }
      const nextCursor = next && encodeCursor(next, env)
      const body = {
        items,
        total: list.total,
        nextCursor,
        updatedSince: encodeCursor({ since: seq, mark }, env),
      }
      const headers = nextCursor === null ? undefined : { link: nextLink(url, nextCursor, env) }
      // The first page says how many there are, and where the feed was.
      const after = call.query.sort === 'id' && filters.since === undefined ? from?.after : undefined
      const range = after === undefined ? undefined : { kind: kind.id, after, last: list.beyond ?? undefined }
      return { seq: list.seq, mark: list.mark ?? undefined, answer: { body, headers }, range }
    }
    const cacheTags = [`registry-${kind.id}`, listsTag(kind.id)]
    return { ...(await composePage(call, page, compose)), cacheTags }
  },
})

/** One page as the database has it, and its entries as the answer has them. */
async function readPage(call: ListCall, filters: ListQuery) {
  const { kind, query } = call
  const { client } = sightOf(call)
  if (query.view === 'row') {
    const list = await readRows(client, kind.id, filters)
    return { list, items: list.items.map(toRow) }
  }
  const list = await readList(client, kind.id, filters)
  const manifests = query.view === 'manifest' ? await readManifests(client, kind.id, list.items) : undefined
  return { list, items: list.items.map((row) => toItem(row, manifests?.get(row.id))) }
}

/**
 * The filters as the database takes them, and what binds a cursor to them.
 * @throws Refusal 400, 401, 403; Failure USAGE for a time that is not one, or not yet
 */
function readFilters(call: ListCall) {
  const { kind, env, query } = call
  const { limit: _, cursor: __, updatedSince, waiting, held: onlyHeld, at, view, ...rest } = query
  if (waiting !== undefined) requirePublisher(call, 'waiting')
  if (onlyHeld !== undefined) requirePublisher(call, 'held')
  if (at !== undefined) requirePublisher(call, 'at')
  const { since, mark } = updatedSince === undefined ? {} : decodeCursor(updatedSince, sinceShape, env)
  const filters = {
    ...rest,
    since,
    ...(waiting === undefined ? {} : { waiting: true }),
    ...(onlyHeld === undefined ? {} : { onlyHeld: true }),
    ...(at === undefined ? {} : { at: Date.parse(readTime(at)) }),
  }
  return { filters, sinceMark: mark, q: fingerprint({ kind: kind.id, view, ...filters }) }
}

/** Whether no other event has the number: a registry that was restored from a backup gives its numbers again. */
async function hasEvent(call: ListCall, seq: number | undefined, mark: string | undefined): Promise<boolean> {
  if (seq === undefined || mark === undefined) return true
  const now = await readMark(sightOf(call).client, seq)
  // An event that is no longer kept has none: then the list has all definitions.
  return now === null || now === mark
}

function readTime(text: string): string {
  return parsePast(text, Date.now())
}

/** A page by time goes on from a time, a page by id does not. */
function readCursor(text: string, q: string, env: string | undefined): Cursor {
  const cursor = decodeCursor(text, cursorShape, env)
  if (cursor.q === q) return cursor
  throw badCursor('it belongs to another list; repeat the filters of the first page')
}
