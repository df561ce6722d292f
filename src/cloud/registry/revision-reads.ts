import type { SupabaseClient } from '@supabase/supabase-js'
import type { Registry } from '../../core/registry/registry.ts'
import type { Revision, RevisionSummary } from '../../core/registry/revision.ts'
import { type Ask, PAGE, pages } from './ask.ts'
import {
  BUNDLE_COLUMNS,
  bundleRow,
  datedRow,
  newestRow,
  REVISION_COLUMNS,
  revisionRow,
  SUMMARY_COLUMNS,
  summaryRow,
} from './rows.ts'

/** Whole revisions in one query: their versions are in the URL, and their texts are large. */
const REVISIONS_AT_ONCE = 50

type RevisionReads = Pick<Registry, 'history' | 'revision' | 'liveAt' | 'newest' | 'bundles'>

type VersionedBundle = Awaited<ReturnType<Registry['bundles']>>[number]

/** What all reads share. */
interface Asking {
  client: SupabaseClient
  ask: Ask
}

/** The port's reads of revisions. */
export function createRevisionReads(client: SupabaseClient, ask: Ask): RevisionReads {
  const asks: Asking = { client, ask }
  return {
    history: (kind, id) => readHistory(asks, kind, id),
    newest: (kind, ids) => readNewest(asks, kind, ids),
    bundles: (kind) => readBundles(asks, kind),
    async revision(kind, id, version) {
      const query = revisions(client, REVISION_COLUMNS, kind).eq('id', id).eq('version', version).limit(1)
      const [row] = await ask(`read ${kind}/${id} version ${version}`, revisionRow, query)
      return row
    },
    async liveAt(kind, at, id) {
      const wanted = { p_kind: kind, p_at: at, ...(id === undefined ? {} : { p_id: id }) }
      const query = client.rpc('registry_live_at', wanted)
      return ask(`read what was live of ${kind}`, datedRow, query)
    },
  }
}

function revisions(client: SupabaseClient, columns: string, kind: string) {
  return client.from('registry_revisions').select(columns).eq('kind', kind)
}

function readHistory({ client, ask }: Asking, kind: string, id: string) {
  return pages<RevisionSummary>((last) => {
    const query = revisions(client, SUMMARY_COLUMNS, kind).eq('id', id)
    const rest = last ? query.lt('version', last.version) : query
    const newest = rest.order('version', { ascending: false }).limit(PAGE)
    return ask(`read the history of ${kind}/${id}`, summaryRow, newest)
  })
}

async function readNewest(asks: Asking, kind: string, ids: readonly string[]): Promise<Revision[]> {
  const { client, ask } = asks
  const found: Revision[] = []
  for (let at = 0; at < ids.length; at += REVISIONS_AT_ONCE) {
    const versions = await newestVersions(asks, kind, ids.slice(at, at + REVISIONS_AT_ONCE))
    if (versions.length === 0) continue
    const anyOf = versions.map(({ id, version }) => `and(id.eq.${id},version.eq.${version})`).join(',')
    const query = revisions(client, REVISION_COLUMNS, kind).or(anyOf).is('withdrawn_at', null).order('id')
    for (const row of await ask(`read revisions of ${kind}`, revisionRow, query)) found.push(row)
  }
  return found
}

function newestVersions({ client, ask }: Asking, kind: string, ids: readonly string[]) {
  const heads = client.from('registry_heads').select('id,version:latest_version').eq('kind', kind)
  const present = heads.in('id', ids).neq('state', 'removed')
  return ask(`read heads of ${kind}`, newestRow, present)
}

function readBundles({ client, ask }: Asking, kind: string) {
  return pages<VersionedBundle>((last) => {
    const query = revisions(client, BUNDLE_COLUMNS, kind).is('withdrawn_at', null)
    const after = last && `id.gt.${last.id},and(id.eq.${last.id},version.gt.${last.version})`
    const rest = after ? query.or(after) : query
    return ask(`read the bundles of ${kind}`, bundleRow, rest.order('id').order('version').limit(PAGE))
  })
}
