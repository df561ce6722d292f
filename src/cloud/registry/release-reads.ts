import type { SupabaseClient } from '@supabase/supabase-js'
import type * as z from 'zod'
import { Failure } from '../../contract/failure.ts'
import type { Registry } from '../../core/registry/registry.ts'
import { type Ask, PAGE, pages } from './ask.ts'
import { RELEASE_COLUMNS, releaseColumns, toRelease } from './rows.ts'

const RELEASE_REF = /^[0-9A-Za-z-]{4,64}$/

type ReleaseRow = z.output<typeof releaseColumns>
type ReleaseReads = Pick<Registry, 'releases' | 'release'>

/** The port's reads of releases. */
export function createReleaseReads(client: SupabaseClient, ask: Ask): ReleaseReads {
  const select = () => client.from('registry_releases').select(RELEASE_COLUMNS)
  return {
    async releases(limit) {
      const rows = await pages<ReleaseRow>((last) => {
        const query = last ? select().lt('seq', last.seq) : select()
        const newest = query.order('seq', { ascending: false }).limit(Math.min(PAGE, limit))
        return ask('read the releases', releaseColumns, newest)
      }, limit)
      return rows.map(toRelease)
    },
    async release(ref) {
      if (!RELEASE_REF.test(ref)) return undefined
      const matching = select().or(`id.like.${ref}*,commit_sha.like.${ref}*`)
      const newestFirst = matching.order('seq', { ascending: false }).limit(PAGE)
      const row = theOne(await ask(`read the release ${ref}`, releaseColumns, newestFirst), ref)
      return row && toRelease(row)
    },
  }
}

/**
 * The row that `ref` names: an id takes precedence over a commit with the same start.
 * @throws Failure NOT_FOUND when `ref` is the start of several ids or several commits
 */
function theOne(rows: readonly ReleaseRow[], ref: string): ReleaseRow | undefined {
  const byId = rows.filter((row) => row.id.startsWith(ref))
  const names = new Set(byId.length > 0 ? byId.map((row) => row.id) : rows.map((row) => row.sha))
  if (names.size < 2) return byId[0] ?? rows[0]
  throw new Failure('NOT_FOUND', `"${ref}" is the start of ${names.size} releases`, 'give more of it', {
    detail: { matches: [...names] },
  })
}
