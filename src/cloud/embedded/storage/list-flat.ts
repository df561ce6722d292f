import * as z from 'zod'
import { type StorageHandler, time } from './list-objects.ts'

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

/** Rows of lite. */
const rowsShape = z.array(
  z.object({
    name: z.string(),
    id: z.string(),
    updated_at: time,
    created_at: time,
    last_accessed_at: time,
    metadata: z.record(z.string(), z.unknown()).nullish(),
  }),
)
type Row = z.output<typeof rowsShape>[number]

const REFUSED = { statusCode: '400', error: 'InvalidRequest' }
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
  if (!listRequest) return Response.json({ ...REFUSED, message: z.prettifyError(error) }, { status: 400 })
  if (listRequest.with_delimiter) return Response.json(NO_FOLDERS, { status: 501 })
  const { limit, cursor = 0, sortBy } = listRequest
  // LIKE reads these as signs. In a name of Supabase only `_` can be.
  const prefix = listRequest.prefix.replace(/[\\%_]/g, '\\$&')
  const headers = new Headers(request.headers)
  headers.delete('content-length')
  const body = JSON.stringify({ prefix, limit: limit + 1, offset: cursor, sortBy })
  const url = new URL(`/storage/v1/object/list/${bucket}`, request.url)
  const answer = await ask(new Request(url, { method: 'POST', headers, body }))
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

function measured(row: Row, sizes: ReadonlyMap<string, number>): Row[] {
  const size = sizes.get(row.name)
  return size === undefined ? [] : [{ ...row, metadata: { ...row.metadata, size, contentLength: size } }]
}

function cursorAt(place: number): string {
  return Buffer.from(String(place)).toString('base64url')
}

function parseCursor(cursor: string): number {
  return Number(Buffer.from(cursor, 'base64url').toString())
}
