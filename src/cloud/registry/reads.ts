import type { SupabaseClient } from '@supabase/supabase-js'
import * as z from 'zod'
import { Failure } from '../../contract/failure.ts'
import { nameOf } from '../../contract/name.ts'
import { inParallel } from '../../core/in-parallel.ts'
import type { Registry, VersionName } from '../../core/registry/registry.ts'
import type { Revision, RevisionSummary } from '../../core/registry/revision.ts'
import { identityEntry, looseFields } from '../../edge/auth/identity-policy.ts'
import { type Ask, PAGE, pages } from './ask.ts'
import {
  BUNDLE_COLUMNS,
  bundleRow,
  datedRow,
  RELEASE_COLUMNS,
  REVISION_COLUMNS,
  releaseColumns,
  revisionRow,
  SUMMARY_COLUMNS,
  summaryRow,
  toRelease,
} from './rows.ts'

type RevisionReads = Pick<Registry, 'history' | 'revision' | 'revisions' | 'liveAt' | 'bundles'>
type ReleaseReads = Pick<Registry, 'releases' | 'release'>
type IdentityReads = Pick<Registry, 'identities'>

type ReleaseRow = z.output<typeof releaseColumns>
type VersionedBundle = Awaited<ReturnType<Registry['bundles']>>[number]

/** Whole revisions in one query: their versions are in the URL, and their texts are large. */
const REVISIONS_AT_ONCE = 50
/** Maximum number of concurrent queries for whole revisions. */
const ASKED_AT_ONCE = 4

const RELEASE_REF = /^[0-9A-Za-z-]{4,64}$/

const policyRow = z.object({ kind: z.string().max(64), identities: z.unknown() })

/** The port's reads of revisions, releases and identities. */
export function createReads(client: SupabaseClient, ask: Ask): RevisionReads & ReleaseReads & IdentityReads {
  return {
    ...createRevisionReads(client, ask),
    ...createReleaseReads(client, ask),
    ...createIdentityReads(client, ask),
  }
}

/** What all reads share. */
interface ClientReads {
  client: SupabaseClient
  ask: Ask
}

function createRevisionReads(client: SupabaseClient, ask: Ask): RevisionReads {
  const asks: ClientReads = { client, ask }
  return {
    history: (kind, id) => readHistory(asks, kind, id),
    revisions: (versions) => readRevisions(asks, versions),
    bundles: (kind) => readBundles(asks, kind),
    async revision(kind, id, version) {
      const query = revisions(client, REVISION_COLUMNS, kind).eq('id', id).eq('version', version).limit(1)
      const [row] = await ask(`read ${nameOf({ kind, id })} version ${version}`, revisionRow, query)
      return row
    },
    async liveAt(kind, at, id) {
      const query = client.rpc('registry_live_at', { p_kind: kind, p_at: at, p_id: id })
      return ask(`read what was live of ${kind}`, datedRow, query)
    },
  }
}

function revisions(client: SupabaseClient, columns: string, kind: string) {
  return client.from('registry_revisions').select(columns).eq('kind', kind)
}

function readHistory({ client, ask }: ClientReads, kind: string, id: string) {
  return pages<RevisionSummary>((last) => {
    const query = revisions(client, SUMMARY_COLUMNS, kind).eq('id', id)
    const rest = last ? query.lt('version', last.version) : query
    const newest = rest.order('version', { ascending: false }).limit(PAGE)
    return ask(`read the history of ${nameOf({ kind, id })}`, summaryRow, newest)
  })
}

/** Asks for the versions of each kind apart: in a preview, the database reads only the rows of the kind. */
async function readRevisions(
  { client, ask }: ClientReads,
  versions: readonly VersionName[],
): Promise<Revision[]> {
  const groups = await inParallel(splitByKind(versions), ASKED_AT_ONCE, ({ kind, some }) => {
    const withContent = revisions(client, REVISION_COLUMNS, kind).is('withdrawn_at', null)
    const [one, ...others] = some
    const anyOf = some.map(({ id, version }) => `and(id.eq.${id},version.eq.${version})`).join(',')
    const query =
      one && others.length === 0
        ? withContent.eq('id', one.id).eq('version', one.version)
        : withContent.or(anyOf)
    return ask(`read revisions of ${kind}`, revisionRow, query)
  })
  const names = new Set(versions.map(versionName))
  return groups.flat().filter((one) => names.has(versionName(one)))
}

const versionName = (one: VersionName) => `${nameOf(one)} ${one.version}`

interface SomeOfKind {
  kind: string
  some: VersionName[]
}

/** The versions in groups of one kind that are small enough for one query. */
function splitByKind(versions: readonly VersionName[]): SomeOfKind[] {
  const groups: SomeOfKind[] = []
  const open = new Map<string, VersionName[]>()
  for (const one of versions) {
    const { kind } = one
    const some = open.get(kind)
    if (some && some.length < REVISIONS_AT_ONCE) some.push(one)
    else {
      const first = [one]
      open.set(kind, first)
      groups.push({ kind, some: first })
    }
  }
  return groups
}

function readBundles({ client, ask }: ClientReads, kind: string) {
  return pages<VersionedBundle>((last) => {
    const query = revisions(client, BUNDLE_COLUMNS, kind).is('withdrawn_at', null)
    const after = last && `id.gt.${last.id},and(id.eq.${last.id},version.gt.${last.version})`
    // The lower limit lets the database begin there; it could not take it from the other condition.
    const rest = last && after ? query.gte('id', last.id).or(after) : query
    return ask(`read the bundles of ${kind}`, bundleRow, rest.order('id').order('version').limit(PAGE))
  })
}

function createReleaseReads(client: SupabaseClient, ask: Ask): ReleaseReads {
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

/** The CI jobs that may publish; only the secret key and publishers see them. */
function createIdentityReads(client: SupabaseClient, ask: Ask): IdentityReads {
  return {
    async identities() {
      const query = client.from('registry_policies').select('kind,identities').order('kind')
      const rows = await ask('read the identities of CI jobs', policyRow, query)
      return rows.flatMap(({ kind, identities }) =>
        (Array.isArray(identities) ? identities : []).map((entry: unknown, index) => {
          const identity = identityEntry(entry)
          return identity
            ? { kind, index, repository: identity.repository, missing: looseFields(identity) }
            : { kind, index }
        }),
      )
    },
  }
}
