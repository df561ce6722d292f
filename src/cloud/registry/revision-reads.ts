import type { SupabaseClient } from '@supabase/supabase-js'
import type * as z from 'zod'
import type { Registry } from '../../core/registry/registry.ts'
import type { Revision } from '../../core/registry/revision.ts'
import { type Ask, PAGE, pages } from './ask.ts'
import {
  BUNDLE_COLUMNS,
  bundleRow,
  datedRow,
  newestRow,
  REVISION_COLUMNS,
  revisionRow,
  SUMMARY_COLUMNS,
  type SummaryRow,
  summaryRow,
  toDated,
  toRevision,
  toSummary,
  toVersionedBundle,
} from './rows.ts'

/** Whole revisions asked for in one call: their versions travel in the URL, and their texts weigh. */
const REVISIONS_AT_ONCE = 50

type RevisionReads = Pick<Registry, 'history' | 'revision' | 'liveAt' | 'newest' | 'bundles'>

/** The port's reads of revisions. */
export function createRevisionReads(client: SupabaseClient, ask: Ask): RevisionReads {
  const select = (columns: string, kind: string) =>
    client.from('registry_revisions').select(columns).eq('kind', kind)

  const history: Registry['history'] = async (kind, id) => {
    const rows = await pages<SummaryRow>((last) => {
      const query = select(SUMMARY_COLUMNS, kind).eq('id', id)
      const rest = last ? query.lt('version', last.version) : query
      const newest = rest.order('version', { ascending: false }).limit(PAGE)
      return ask(`read the history of ${kind}/${id}`, summaryRow, newest)
    })
    return rows.map(toSummary)
  }

  const revision: Registry['revision'] = async (kind, id, version) => {
    const query = select(REVISION_COLUMNS, kind).eq('id', id).eq('version', version).limit(1)
    const [row] = await ask(`read ${kind}/${id} version ${version}`, revisionRow, query)
    return row && toRevision(row)
  }

  const liveAt: Registry['liveAt'] = async (kind, at, id) => {
    const wanted = { p_kind: kind, p_at: at, ...(id === undefined ? {} : { p_id: id }) }
    const query = client.rpc('registry_live_at', wanted)
    return (await ask(`read what was live of ${kind}`, datedRow, query)).map(toDated)
  }

  const newest: Registry['newest'] = async (kind, ids) => {
    const found: Revision[] = []
    for (let at = 0; at < ids.length; at += REVISIONS_AT_ONCE) {
      const versions = await newestVersions(kind, ids.slice(at, at + REVISIONS_AT_ONCE))
      if (versions.length === 0) continue
      const anyOf = versions.map(({ id, version }) => `and(id.eq.${id},version.eq.${version})`).join(',')
      const query = select(REVISION_COLUMNS, kind).or(anyOf).is('withdrawn_at', null).order('id')
      for (const row of await ask(`read revisions of ${kind}`, revisionRow, query))
        found.push(toRevision(row))
    }
    return found
  }

  function newestVersions(kind: string, ids: readonly string[]) {
    const heads = client.from('registry_heads').select('id,version:latest_version').eq('kind', kind)
    const present = heads.in('id', ids).neq('state', 'removed')
    return ask(`read heads of ${kind}`, newestRow, present)
  }

  const bundles: Registry['bundles'] = async (kind) => {
    const rows = await pages<z.output<typeof bundleRow>>((last) => {
      const query = select(BUNDLE_COLUMNS, kind).is('withdrawn_at', null)
      const after = last && `id.gt.${last.id},and(id.eq.${last.id},version.gt.${last.version})`
      const rest = after ? query.or(after) : query
      return ask(`read the bundles of ${kind}`, bundleRow, rest.order('id').order('version').limit(PAGE))
    })
    return rows.map(toVersionedBundle)
  }

  return { history, revision, liveAt, newest, bundles }
}
