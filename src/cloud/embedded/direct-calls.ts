import { createRequire } from 'node:module'
import pg from 'pg'
import type { Kind } from '../../contract/kind.ts'
import { parseShape } from '../../contract/manifest/accept.ts'
import type { YamlLibrary } from '../../contract/manifest/yaml-text.ts'
import { nameOf } from '../../contract/name.ts'
import type { SyncResponse } from '../../contract/protocol/sync.ts'
import { oneAtATime } from '../../core/one-at-a-time.ts'
import type { AskedKind, Registry } from '../../core/registry/registry.ts'
import { createDirectSync } from '../../edge/handlers/sync-handler.ts'
import type { Rpc } from '../../edge/http/rpc.ts'
import { asking } from '../registry/ask.ts'
import { findStored } from '../registry/bundle-storage.ts'
import { releaseAnswer, stagedAnswer } from '../registry/function-shapes.ts'
import { REVISION_COLUMNS, revisionRow } from '../registry/rows.ts'
import { askServer } from './database/ask-server.ts'
import { createStageRows } from './database/stage-rows.ts'
import { openPool, type Pool } from './postgres/postgres-pool.ts'
import { placeInPostgres } from './storage/postgres-storage.ts'
import { createStoreObjects, type StoreObjects } from './storage/store-objects.ts'

/** The calls of a publish, each as one transaction on the server. A call that fails may be made again in another way. */
export interface ServerCalls extends Pick<Registry, 'revisions' | 'stored' | 'sync'> {
  /** Makes a connection, so that the first call need not wait for it. */
  connect(): void
  /** What `registry_heads_apart` answers; undefined if the database lacks one of our migrations. */
  apart(kinds: readonly AskedKind[]): Promise<unknown>
  storeObjects: StoreObjects
  close(): void
}

/** The most connections at once, as many as the REST interface has. */
const POOL = 8

/** Opens the server at `url`; no connection is made before the first call. */
export function openServerCalls(url: string, kinds: readonly Kind[], label: string): ServerCalls {
  const pool = openPool({ url, max: POOL, onError: () => {} })
  const place = placeInPostgres(pool)
  // A second connection takes longer than both reads on the first one.
  const inLine = oneAtATime()
  const stage = createStageRows(place)
  const rpc: Rpc = async (name, args) => {
    if (name === 'registry_stage') await stage(args)
    else if (name in FUNCTIONS) return { data: await inLine(() => callFunction(pool, name, args)) }
    // Reports are left to the REST interface, which gets the refused request, too.
    else throw new Error(`${name} is not called directly`)
    return {}
  }
  const yaml = () => createRequire(import.meta.url)('yaml') as YamlLibrary
  const ask = asking(label)
  let ready = Promise.resolve()
  return {
    connect: () => {
      ready = pool.connect().then(({ release }) => release())
      // The next question gets the failure.
      ready.catch(() => {})
    },
    // On the connection that is being made, not on another one.
    apart: (questions) => ready.then(() => askServer(pool, questions)),
    revisions: (versions) =>
      ask(
        `read revisions of ${versions.map(nameOf)}`,
        revisionRow,
        inLine(() => readRevisions(pool, versions)),
      ),
    stored: (bundles) => findStored({ rpc, label }, bundles),
    sync: syncWith(createDirectSync({ kinds, rpc, yaml })),
    storeObjects: createStoreObjects(place),
    close: () => void pool.end().catch(() => {}),
  }
}

/** Answers as the edge function would over HTTP: a refusal, and an answer of another shape, are thrown. */
function syncWith(perform: ReturnType<typeof createDirectSync>): Registry['sync'] {
  return async (kind, request) => {
    const answer: unknown = await perform(kind, JSON.stringify(request))
    const read = parseShape<SyncResponse>(request.action === 'stage' ? stagedAnswer : releaseAnswer, answer)
    if (read.success) return read.data
    throw read.error
  }
}

/** The functions that are called with one argument of JSON. */
const FUNCTIONS: Readonly<Record<string, string>> = {
  registry_commit: 'p_request',
  registry_stored_bundles: 'p_bundles',
}

async function callFunction(pool: Pool, name: string, args: Record<string, unknown>): Promise<unknown> {
  const argument = FUNCTIONS[name] ?? ''
  const [answer] = await readAnswers(
    pool,
    `select public.${name}(${argument} := ${asJson(args[argument])}) as answer`,
  )
  return answer
}

const asJson = (value: unknown) => `${pg.escapeLiteral(JSON.stringify(value))}::jsonb`

/** The columns as SQL takes them, for rows as PostgREST gives them. */
const COLUMNS = REVISION_COLUMNS.split(',')
  .map((column) => column.split(':').reverse())
  .map(([name = '', field = name]) => `r.${name} as "${field}"`)

const selectRevisions = (versions: readonly object[]) => `
select to_jsonb(one) as answer
from jsonb_to_recordset(${asJson(versions)}) as wanted (kind text, id text, version integer)
cross join lateral (
  select ${COLUMNS} from public.registry_revisions r
  where r.kind = wanted.kind and r.id = wanted.id and r.version = wanted.version and r.withdrawn_at is null
) as one`

async function readRevisions(pool: Pool, versions: readonly object[]) {
  return { data: await readAnswers(pool, selectRevisions(versions)), error: null, status: 200 }
}

/**
 * The answers of a statement, as the role that the REST interface has: both statements are sent at once, and are one
 * transaction.
 */
async function readAnswers(pool: Pool, statement: string): Promise<unknown[]> {
  const results = await pool.query(`set local role service_role; ${statement}`)
  const [, { rows }] = results as unknown as [unknown, { rows: { answer: unknown }[] }]
  return rows.map(({ answer }) => answer)
}
