import { PREVIEW_NAME } from '../../contract/protocol/preview.ts'
import { MAX_BODY } from '../../contract/source.ts'

/** Where the gateway passes a request on to: a path below the project's URL, built from the recognised parts. */
export interface GatewayTarget {
  path: string
  /** The query with its question mark, or an empty text. */
  query: string
  /** The largest body to pass on, bytes; 0 for a request without a body. */
  limit: number
  /** Whether the request stores or removes a bundle, which needs the right to publish the kind. */
  writes: boolean
  /** Whether the request removes a damaged bundle, whose key is the path. */
  removes?: true
  /** Whether the request is a list of objects, whose body decides what is listed. */
  lists?: true
  /** Whether the request stores a plan, which publishers may do. */
  instantiates?: true
  /** The preview that a bundle belongs to; undefined for a bundle of production. */
  preview?: string
}

/** The largest upload that Supabase advises in one piece, bytes. */
export const LARGEST_UPLOAD = 6 * 1024 * 1024

/** The header in which the gateway gives the size of an object, bytes. */
export const OBJECT_SIZE = 'x-nofx-object-size'

const TABLES = [
  'registry_heads',
  'registry_revisions',
  'registry_releases',
  'registry_events',
  'template_instantiations',
  'registry_validation_reports',
  'registry_counter',
]
const FUNCTIONS = [
  'registry_heads_json',
  'registry_heads_since',
  'registry_heads_apart',
  'registry_list',
  'registry_live_at',
  'registry_stored_bundles',
  'registry_events_since',
  // `registry_preview_read` checks which functions may be called.
  'registry_preview_read',
]

/** The calls that store a plan, in production and in a preview: which function is called there is checked. */
const INSTANTIATE = ['registry_instantiate', 'registry_preview_write']
/** The largest plan with its request, bytes: the database allows a document of 2 MB as text. */
const MAX_PLAN = 3 * 1024 * 1024

const TABLE = /^\/rest\/v1\/([a-z_]+)$/
const FUNCTION = /^\/rest\/v1\/rpc\/([a-z_]+)$/
/** The largest body of a call that selects rows of a preview, bytes. */
const MAX_CALL = 1_000
/** The page of a list of objects, in a function's gateway. */
export const LIST = '/storage/v1/object/list-v2/registry'
/** The largest body of a request for a page, bytes: the cursor is long. */
const MAX_PAGE = 5_000
const PREVIEW_TABLE = /^\/rest\/v1\/rpc\/preview_([a-z_]+)$/
/** The path of damaged bundles in a function's gateway: a bundle there can be removed, and nothing else. */
export const DAMAGED = '/damaged/'
const BUNDLE =
  /^\/(?:storage\/v1\/object\/registry|damaged)\/(?:preview-([a-z0-9-]{1,40})\/)?([a-z0-9_-]{1,64})\/[a-z0-9-]{1,64}\/[0-9a-f]{64}\.tar\.gz$/

const REPORT = /^\/storage\/v1\/object\/registry\/reports\/[0-9a-f-]{36}\.json\.gz$/

/**
 * Where to pass a request on: only what a publisher without a key needs of the project; undefined for every other
 * request.
 * An escaped character, a double slash or a dot segment matches no pattern, so nothing is decoded or cleaned.
 */
export function findTarget(
  kind: string,
  method: string,
  path: string,
  query: string,
): GatewayTarget | undefined {
  const table = TABLE.exec(path)?.[1]
  if (table && method === 'GET' && TABLES.includes(table) && !embeds(query))
    return { path, query, limit: 0, writes: false }
  const inPreview = PREVIEW_TABLE.exec(path)?.[1]
  if (inPreview && method === 'POST' && TABLES.includes(inPreview) && !embeds(query))
    return { path, query, limit: MAX_CALL, writes: false }
  const name = FUNCTION.exec(path)?.[1]
  if (name && method === 'POST' && FUNCTIONS.includes(name))
    return { path, query: '', limit: MAX_BODY, writes: false }
  if (name && method === 'POST' && INSTANTIATE.includes(name))
    return { path, query: '', limit: MAX_PLAN, writes: false, instantiates: true }
  if (method === 'POST' && path === LIST)
    return { path, query: '', limit: MAX_PAGE, writes: false, lists: true }
  if (method === 'GET' && REPORT.test(path)) return { path, query: '', limit: 0, writes: false }
  const [, preview, ofKind] = BUNDLE.exec(path) ?? []
  if (ofKind !== kind || (preview !== undefined && !PREVIEW_NAME.test(preview))) return undefined
  const inPlace = preview === undefined ? {} : { preview }
  const isDamaged = path.startsWith(DAMAGED)
  if (isDamaged && method === 'DELETE')
    return { path: path.slice(DAMAGED.length), query: '', limit: 0, writes: true, removes: true, ...inPlace }
  if (isDamaged) return undefined
  if (method === 'GET' || method === 'HEAD') return { path, query: '', limit: 0, writes: false }
  if (method !== 'POST') return undefined
  return { path, query: '', limit: LARGEST_UPLOAD, writes: true, ...inPlace }
}

/** A `select` with parentheses makes PostgREST join other tables and count; its parser ends a parameter at `;` too. */
function embeds(query: string): boolean {
  const pairs = new URLSearchParams(query.replaceAll(';', '&'))
  return pairs.getAll('select').some((columns) => columns.includes('('))
}
