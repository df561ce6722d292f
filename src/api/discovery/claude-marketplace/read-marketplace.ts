import * as z from 'zod'
import { fitting } from '../../../cloud/registry/ask.ts'
import { remoteFailure } from '../../../cloud/registry/remote-failure.ts'
import { revisionColumns } from '../../../cloud/registry/rows.ts'
import { definitionId, kindId, version } from '../../../cloud/registry/shapes.ts'
import { sha256 } from '../../../contract/digest.ts'
import type { JsonObject, Kind } from '../../../contract/kind.ts'
import { nameOf } from '../../../contract/name.ts'
import { answerTooLarge } from '../../http/answer-size.ts'
import { refuse } from '../../http/problem.ts'
import type { ApiPorts } from '../../ports.ts'
import { type LiveRow, readEachLive } from '../../reads/read-live.ts'
import { LABEL } from '../../reads/read-revisions.ts'
import { FORM, makePlugin, toEntry } from './plugin-archives.ts'

/** Which definitions a marketplace has; all of its kinds without a filter. */
export interface MarketplaceFilters {
  owner?: string | undefined
  tag?: string | undefined
  category?: string | undefined
}

/** The most archives that one request makes: a platform ends a function after some seconds. */
const MOST_NEW = 1_000
/** Archives whose hashes are stored in one call. */
const AT_ONCE = 500

const digest = revisionColumns.shape.digest
const answer = z.object({
  items: z.array(
    z.object({
      kind: kindId,
      id: definitionId,
      version,
      digest,
      hasRow: z.boolean(),
      entry: z.record(z.string(), z.unknown()).nullable(),
      sha256: digest.nullable(),
    }),
  ),
  gone: z.array(z.object({ kind: kindId, id: definitionId })),
})
type Item = z.output<typeof answer>['items'][number]

/**
 * The live versions with the hashes of their archives, in one query. An archive without a hash is made.
 * @param most entries that fit into an answer
 * @throws Refusal 422 if there are more, 503 while there is too much to make for one request
 */
export async function readMarketplace(
  ports: ApiPorts,
  kinds: readonly Kind[],
  filters: MarketplaceFilters,
  { origin, most }: { origin: string; most: number },
): Promise<{ entries: JsonObject[]; gone: { kind: string; id: string }[] }> {
  const what = 'read the marketplace'
  const query = { ...filters, kinds: kinds.map(({ id }) => id), form: FORM }
  const { data, error, status } = await ports.service.rpc('registry_marketplace', { p_query: query })
  if (error) throw remoteFailure(LABEL, what, { ...error, status })
  const { items, gone } = fitting(LABEL, what, answer, data)
  if (items.length > most) throw tooMany(items.length)
  const fresh = await makeArchives(ports, kinds, items)
  const entries = items.flatMap((item) => {
    const { entry, sha256: hash } = fresh.get(nameOf(item)) ?? item
    return entry && hash ? [toEntry(item, { entry, sha256: hash }, origin)] : []
  })
  return { entries, gone }
}

/** A marketplace that does not fit into an answer of a platform. */
export function tooMany(count: number) {
  return answerTooLarge(
    `a marketplace of ${count} plugins`,
    'add a part of it: marketplace.json?kind=skills, or ?owner=, ?tag= or ?category= of the definitions',
  )
}

type ArchiveRow = Pick<Item, 'kind' | 'id' | 'version' | 'entry' | 'sha256'>

/** Makes the archives that have no hash yet, and stores their hashes. */
async function makeArchives(
  ports: ApiPorts,
  kinds: readonly Kind[],
  items: readonly Item[],
): Promise<Map<string, ArchiveRow>> {
  const absent = items.filter(({ hasRow }) => !hasRow)
  const now = absent.slice(0, MOST_NEW)
  const fresh: ArchiveRow[] = []
  for (const kind of kinds) {
    const versions = now.filter((item) => item.kind === kind.id)
    const make = async (row: LiveRow) => toArchiveRow(kind, row, await makePlugin(ports, kind, row))
    for (const row of await readEachLive(ports.reader(), kind.id, versions, make)) fresh.push(row)
  }
  for (let at = 0; at < fresh.length; at += AT_ONCE) await store(ports, fresh.slice(at, at + AT_ONCE))
  if (absent.length > now.length)
    throw refuse(
      503,
      'MARKETPLACE_NOT_READY',
      `${items.length - absent.length + now.length} of ${items.length} archives are hashed`,
      'ask again: every request goes on where the last one ended',
    )
  return new Map(fresh.map((one) => [nameOf(one), one]))
}

function toArchiveRow(kind: Kind, row: LiveRow, plugin: Awaited<ReturnType<typeof makePlugin>>): ArchiveRow {
  const which = { kind: kind.id, id: row.id, version: row.version }
  if (!plugin) return { ...which, entry: null, sha256: null }
  return { ...which, entry: plugin.entry, sha256: sha256(plugin.bytes) }
}

async function store({ service }: ApiPorts, rows: readonly ArchiveRow[]): Promise<void> {
  const { error, status } = await service.rpc('registry_keep_archives', { p_form: FORM, p_rows: rows })
  if (error) throw remoteFailure(LABEL, 'store the hashes of archives', { ...error, status })
}
