import type { SupabaseClient } from '@supabase/supabase-js'
import type * as z from 'zod'
import { nameOf } from '../../contract/name.ts'
import type { Head, Registry } from '../../core/registry/registry.ts'
import type { Revision, RevisionSummary } from '../../core/registry/revision.ts'
import { type Ask, PAGE, pages } from '../registry/ask.ts'
import { headColumns, revisionColumns, splitRefs, texts, toRevision } from '../registry/rows.ts'

/** The fields of the port that anonymous readers may not see have these values. */
const HIDDEN = '(not public)'
/** Whole versions in one query: their numbers are in the URL. */
const AT_ONCE = 100

const HEADS = 'kind,id,state,version,digest,metadata,refs,updatedAt:updated_at'
const COMMITS = 'id,version,sha:commit_sha,rank:commit_rank'
const SUMMARIES =
  'kind,id,version,digest,promptHash:prompt_hash,state,declaredVersion:declared_version,origin,' +
  'releaseId:release_id,createdAt:created_at,sha:commit_sha,rank:commit_rank,withdrawnAt:withdrawn_at,' +
  'path:bundle_path,size:bundle_size,sha256:bundle_sha256'
const REVISIONS = `${SUMMARIES},manifest,texts,files`

const hiddenColumns = {
  actor: true,
  reason: true,
  ref: true,
  dirty: true,
  withdrawnBy: true,
  withdrawnReason: true,
} as const
const publicRow = revisionColumns.omit({ ...hiddenColumns, texts: true })
const summaryRow = publicRow.omit({ manifest: true, files: true })
const wholeRow = publicRow.extend({ texts })
const commitRow = revisionColumns.pick({ id: true, version: true, sha: true, rank: true })
const publicHead = headColumns
  .pick({ kind: true, id: true, state: true, digest: true, metadata: true, refs: true, updatedAt: true })
  .extend({ version: headColumns.shape.version.unwrap() })

type PublicHeadRow = z.output<typeof publicHead>
type CommitRow = z.output<typeof commitRow>
type PublicReads = Pick<Registry, 'heads' | 'head' | 'history' | 'revision'>

/**
 * The port's reads with a publishable key: live definitions, and the versions that were live before. Drafts, removed
 * definitions, holds and names of people are not among them.
 */
export function createPublicReads(client: SupabaseClient, ask: Ask): PublicReads {
  const heads = (kind: string) => client.from('registry_heads').select(HEADS).eq('kind', kind)
  const withCommits = (kind: string, rows: PublicHeadRow[]) => addCommits({ client, ask }, kind, rows)
  const readAll = async (kind: string) => {
    const rows = await pages<PublicHeadRow>((last) => {
      const rest = last ? heads(kind).gt('id', last.id) : heads(kind)
      return ask(`read the heads of ${kind}`, publicHead, rest.order('id').limit(PAGE))
    })
    return withCommits(kind, rows)
  }
  return {
    heads: async (...kinds) => (await Promise.all(kinds.map(readAll))).flat(),
    async head(kind, id) {
      const rows = await ask(
        `read the head of ${nameOf({ kind, id })}`,
        publicHead,
        heads(kind).eq('id', id).limit(1),
      )
      return (await withCommits(kind, rows))[0]
    },
    async history(kind, id) {
      const rows = await pages<z.output<typeof summaryRow>>((last) => {
        const query = selectRevisions(client, SUMMARIES, kind).eq('id', id)
        const rest = last ? query.lt('version', last.version) : query
        return ask(
          `read the history of ${nameOf({ kind, id })}`,
          summaryRow,
          rest.order('version', NEWEST).limit(PAGE),
        )
      })
      return rows.map(toPublicSummary)
    },
    async revision(kind, id, version) {
      const query = selectRevisions(client, REVISIONS, kind).eq('id', id).eq('version', version).limit(1)
      const [row] = await ask(`read ${nameOf({ kind, id })} version ${version}`, wholeRow, query)
      return row && toPublicRevision(row)
    },
  }
}

function selectRevisions(client: SupabaseClient, columns: string, kind: string) {
  return client.from('registry_revisions').select(columns).eq('kind', kind)
}

/** Heads with the commits of their live versions, which anonymous readers see in revisions alone. */
async function addCommits(
  { client, ask }: { client: SupabaseClient; ask: Ask },
  kind: string,
  rows: PublicHeadRow[],
): Promise<Head[]> {
  const commits = new Map<string, CommitRow>()
  for (let at = 0; at < rows.length; at += AT_ONCE) {
    const some = rows.slice(at, at + AT_ONCE)
    const anyOf = some.map(({ id, version }) => `and(id.eq.${id},version.eq.${version})`).join(',')
    const query = selectRevisions(client, COMMITS, kind).or(anyOf)
    for (const row of await ask(`read the commits of ${kind}`, commitRow, query)) commits.set(row.id, row)
  }
  return rows.map((row) => toHead(row, commits.get(row.id)))
}

const NEWEST = { ascending: false }

function toHead({ refs, metadata: description, ...row }: PublicHeadRow, commit: CommitRow | undefined): Head {
  const { version, digest } = row
  return {
    ...row,
    description,
    draftVersion: null,
    latestVersion: version,
    liveDigest: digest,
    commit: { sha: commit?.sha ?? HIDDEN, rank: commit?.rank ?? 0 },
    hold: [],
    // Readers without rights do not see a definition that an operator disabled.
    disabled: null,
    ...splitRefs(refs),
  }
}

const HIDDEN_FIELDS = {
  actor: HIDDEN,
  reason: null,
  ref: null,
  dirty: false,
  withdrawnBy: null,
  withdrawnReason: null,
}

function toPublicRevision(row: z.output<typeof wholeRow>): Revision {
  return toRevision({ ...row, ...HIDDEN_FIELDS })
}

function toPublicSummary(row: z.output<typeof summaryRow>): RevisionSummary {
  const {
    manifest: _m,
    texts: _t,
    files: _f,
    bundle: _b,
    ...summary
  } = toRevision({
    ...row,
    ...HIDDEN_FIELDS,
    manifest: {},
    texts: {},
    files: [],
  })
  return summary
}
