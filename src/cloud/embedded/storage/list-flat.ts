import * as z from 'zod'
import { objectRow, refuseList, type StorageHandler, withBody } from './list-objects.ts'

/** The sizes of the objects of a bucket that have bytes, by their names. */
export type ReadSizesInBucket = (
  bucket: string,
  names: readonly string[],
) => Promise<ReadonlyMap<string, number>>

/** The most objects of one page; Supabase has the same limit. */
const MOST = 1000
/** A cursor is the place of the next object, in a form that Supabase's cursors could also have. */
const CURSOR = /^[A-Za-z0-9_-]{1,64}$/

const orderShape = z.object({
  column: z.enum(['name', 'updated_at', 'created_at']),
  order: z.enum(['asc', 'desc']).default('asc'),
})
const requestShape = z.object({
  prefix: z.string().max(1024).default(''),
  limit: z
    .int()
    .min(1)
    .default(MOST)
    .transform((limit) => Math.min(limit, MOST)),
  cursor: z.string().regex(CURSOR).transform(parseCursor).pipe(z.int().min(0)).optional(),
  with_delimiter: z.boolean().default(false),
  sortBy: orderShape.prefault({ column: 'name' }),
})

const rowsShape = z.array(objectRow.extend({ metadata: z.record(z.string(), z.unknown()).nullish() }))
type FlatRow = z.output<typeof rowsShape>[number]

const NO_FOLDERS = {
  statusCode: '501',
  error: 'NotImplemented',
  message: 'listV2 with with_delimiter is not served by nofx dev: use list, or a hosted project',
}

/**
 * Lists the objects of a bucket page by page, by their whole names, as `listV2` of Supabase does without a delimiter.
 * Supabase answers the sizes of its rows. Here the sizes are measured, and objects without bytes are left out.
 */
export async function listFlat(
  request: Request,
  bucket: string,
  { ask, readSizes }: { ask: StorageHandler; readSizes: ReadSizesInBucket },
): Promise<Response> {
  const { data: listRequest, error } = requestShape.safeParse(await request.json().catch(() => undefined))
  if (!listRequest) return refuseList(error)
  if (listRequest.with_delimiter) return Response.json(NO_FOLDERS, { status: 501 })
  const { limit, cursor = 0, sortBy } = listRequest
  // LIKE reads these as signs. In a name of Supabase only `_` can be.
  const prefix = listRequest.prefix.replace(/[\\%_]/g, '\\$&')
  const url = new URL(`/storage/v1/object/list/${bucket}`, request.url)
  const answer = await ask(withBody(request, url, { prefix, limit: limit + 1, offset: cursor, sortBy }))
  if (!answer.ok) return answer
  const rows = rowsShape.parse(await answer.json())
  const page = rows.slice(0, limit)
  const sizes = await readSizes(
    bucket,
    page.map(({ name }) => name),
  )
  const hasNext = rows.length > limit
  const next = hasNext ? { nextCursor: cursorAt(cursor + limit) } : {}
  return Response.json({
    hasNext,
    ...next,
    folders: [],
    objects: page.flatMap((row) => measured(row, sizes)),
  })
}

function measured(row: FlatRow, sizes: ReadonlyMap<string, number>): FlatRow[] {
  const size = sizes.get(row.name)
  return size === undefined ? [] : [{ ...row, metadata: { ...row.metadata, size, contentLength: size } }]
}

function cursorAt(place: number): string {
  return Buffer.from(String(place)).toString('base64url')
}

function parseCursor(cursor: string): number {
  return Number(Buffer.from(cursor, 'base64url').toString())
}
