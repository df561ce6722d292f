import * as z from 'zod'

/** Answers one request to storage as lite does. */
export type StorageHandler = (request: Request) => Promise<Response>

/** The most entries of one answer; Supabase has the same limit. */
const MOST = 1500
/** Characters that LIKE reads as signs, and letters, whose case a prefix does not distinguish. */
const ANY_CHARACTER = /[a-z%\\]/gi

const columns = ['name', 'updated_at', 'created_at', 'last_accessed_at'] as const

const listShape = z.object({
  prefix: z.string().max(1024),
  limit: z.int().min(1).default(100),
  offset: z.int().min(0).default(0),
  search: z.string().max(1024).default(''),
  sortBy: z
    .object({ column: z.enum(columns).default('name'), order: z.enum(['asc', 'desc']).default('asc') })
    .prefault({}),
})
type ListRequest = z.output<typeof listShape>

/** A time that PostgreSQL wrote as text becomes one of ISO 8601, as Supabase answers it. */
const time = z.string().transform((text) => new Date(text).toISOString())

/** A row of lite, with the whole name of its object. */
export const objectRow = z.object({
  name: z.string(),
  id: z.string(),
  updated_at: time,
  created_at: time,
  last_accessed_at: time,
  metadata: z.unknown(),
})
type ObjectRow = z.output<typeof objectRow>

/** An object or a folder, whose other fields are null, by its name relative to the listed folder. */
type ObjectEntry = ObjectRow | ({ [Field in Exclude<keyof ObjectRow, 'name'>]: null } & { name: string })

const FOLDER = { id: null, updated_at: null, created_at: null, last_accessed_at: null, metadata: null }

/**
 * Lists one level of a bucket as Supabase does: objects, and the folders that further objects are in. lite 0.10 answers
 * the whole names of all objects below the prefix.
 */
export async function listObjects(request: Request, ask: StorageHandler): Promise<Response> {
  const { data: listRequest, error } = listShape.safeParse(await request.json().catch(() => undefined))
  if (!listRequest) return refuseList(error)
  // Supabase takes every prefix for a folder.
  const folder =
    listRequest.prefix === '' || listRequest.prefix.endsWith('/')
      ? listRequest.prefix
      : `${listRequest.prefix}/`
  const pattern = `${folder}${listRequest.search}`.replace(ANY_CHARACTER, '_')
  const answer = await ask(withBody(request, request.url, { prefix: pattern }))
  if (!answer.ok) return answer
  const rows = z.array(objectRow).parse(await answer.json())
  return Response.json(listEntries(rows, folder, listRequest))
}

/** The answer to a request for a list that has another shape. */
export function refuseList(error: z.ZodError): Response {
  const refusal = { statusCode: '400', error: 'InvalidRequest', message: z.prettifyError(error) }
  return Response.json(refusal, { status: 400 })
}

/** The request that is sent to lite in place of `request`, with its headers. */
export function withBody(request: Request, url: string | URL, body: object): Request {
  const headers = new Headers(request.headers)
  headers.delete('content-length')
  return new Request(url, { method: 'POST', headers, body: JSON.stringify(body) })
}

function listEntries(
  rows: readonly ObjectRow[],
  folder: string,
  { search, sortBy, offset, limit }: ListRequest,
): ObjectEntry[] {
  const start = `${folder}${search}`.toLowerCase()
  // `search` may name folders as well.
  const level = search.split('/').length
  const folders = new Map<string, ObjectEntry>()
  const objects: ObjectEntry[] = []
  for (const row of rows) {
    if (!row.name.toLowerCase().startsWith(start)) continue
    const parts = row.name.slice(folder.length).split('/')
    const name = parts.slice(0, level).join('/')
    if (parts.length === level) objects.push({ ...row, name })
    else if (!folders.has(name.toLowerCase())) folders.set(name.toLowerCase(), { name, ...FOLDER })
  }
  return sorted([...folders.values()], objects, sortBy).slice(offset, offset + Math.min(limit, MOST))
}

/** By name, folders are among the objects; by a time, folders are first, because they have none. */
function sorted(
  folders: ObjectEntry[],
  objects: ObjectEntry[],
  { column, order }: ListRequest['sortBy'],
): ObjectEntry[] {
  const direction = order === 'asc' ? 1 : -1
  const by = (key: (entry: ObjectEntry) => string) => (a: ObjectEntry, b: ObjectEntry) =>
    direction * compare(key(a), key(b))
  if (column !== 'name')
    return [...folders.sort(by(nameKey)), ...objects.sort(by((entry) => entry[column] ?? ''))]
  return [...folders, ...objects].sort(by(nameKey))
}

/** A folder is where its objects are in the order of whole names. */
function nameKey({ name, id }: ObjectEntry): string {
  return id === null ? `${name.toLowerCase()}/` : name.toLowerCase()
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
