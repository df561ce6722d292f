import { canonicalJson, sha256 } from '../../contract/digest.ts'
import { isLiveState } from '../../contract/fields/is-live.ts'
import type { Hold } from '../registry/hold.ts'
import type { AuditedRow, HeadRow, RevisionRow } from '../registry/registry-rows.ts'
import type { FieldProblem } from './audit-revision.ts'

/** A head in the form that is compared: long columns are replaced by their hashes. */
export interface HeadSummary {
  columns: Record<string, unknown>
  hold: Hold[]
  /** Whether an operator keeps the definition disabled. */
  disabled: boolean
}

/** The columns of a revision that its head repeats. */
interface Mark {
  columns: Record<string, unknown>
  version: number
  state: string
  digest: string
}

const computeHash = (value: unknown) => sha256(canonicalJson(value))

/** Keeps the columns of a head that are compared. */
export function summarizeHead({ hold, disabled, ...head }: HeadRow): HeadSummary {
  const columns = {
    state: head.state,
    version: head.version,
    draft_version: head.draftVersion,
    latest_version: head.latestVersion,
    digest: head.digest,
    metadata: computeHash(head.metadata),
    refs: computeHash(head.refs),
    prompt_hash: head.promptHash,
    git_tree: head.gitTree,
    latest_digest: head.latestDigest,
    commit_sha: head.commitSha,
    commit_rank: head.commitRank,
    updated_at: head.updatedAt,
  }
  return { columns, hold, disabled: disabled !== null }
}

/** The part of a definition's revisions that is remembered. */
interface Trail {
  newest?: Mark
  /** The newest revision that is not a draft. */
  settled?: Mark
  unreadable: boolean
  versions: Map<string, Set<number>>
  withdrawn: Set<string>
  /** Whether an operator keeps the definition disabled, by its revisions. */
  disabled: boolean
  /** The first version whose state does not follow from that. */
  misfit?: Mark
}

type HeadProblem = FieldProblem & { version?: number }

/** Audits the head of one definition against its revisions, which must be passed in the order of their versions. */
export function createHeadAudit() {
  const trail: Trail = { unreadable: false, versions: new Map(), withdrawn: new Set(), disabled: false }
  return {
    take: (audited: AuditedRow<RevisionRow>) => follow(trail, audited),
    end: (audited: AuditedRow<HeadSummary> | undefined) => headProblems(trail, audited),
  }
}

function follow(trail: Trail, { version, row }: AuditedRow<RevisionRow>): void {
  if (!row) {
    trail.unreadable = true
    return
  }
  const { versions, withdrawn } = trail
  trail.newest = toMark(version, row)
  if (row.state !== 'draft') trail.settled = trail.newest
  versions.set(row.digest, (versions.get(row.digest) ?? new Set()).add(version))
  if (row.withdrawn) withdrawn.add(row.digest)
  followSwitch(trail, row)
}

/** While an operator keeps a definition disabled, what would be live is disabled; otherwise its manifest decides. */
function followSwitch(trail: Trail, { origin, state, metadata: description }: RevisionRow): void {
  if (origin === 'disable' || origin === 'enable') trail.disabled = origin === 'disable'
  const isForced = state === 'disabled' && description.status !== 'disabled'
  const isLive = isLiveState(state)
  if (trail.disabled ? isLive : isForced) trail.misfit ??= trail.newest
}

function* headProblems(trail: Trail, audited: AuditedRow<HeadSummary> | undefined): Generator<HeadProblem> {
  const { newest, settled, unreadable } = trail
  if (!audited) yield { field: 'id', problem: 'has revisions and no head' }
  for (const field of audited?.misfits ?? []) yield { field, problem: 'holds what no registry writes' }
  // An unreadable revision has been reported already and proves nothing.
  if (!audited?.row || unreadable) return
  if (!newest) return yield { field: 'id', problem: 'has a head and no revisions' }
  const { columns, hold, disabled } = audited.row
  // If the two disagree, the head is trusted: one edit of a revision's state changes everything that its head should
  // contain.
  if (newest.state === 'draft' && columns.version === newest.version)
    return yield {
      field: 'state',
      version: newest.version,
      problem: 'is draft, and its head says that it is live',
    }
  const expected = expectedColumns(newest, settled)
  for (const [field, value] of Object.entries(expected))
    if (columns[field] !== value) yield { field, problem: 'is not what its revisions say' }
  yield* holdProblems(trail, hold)
  yield* switchProblems(trail, disabled)
}

function* holdProblems({ versions, withdrawn }: Trail, hold: readonly Hold[]): Generator<FieldProblem> {
  const stranger = hold.find(({ digest, version }) => !versions.get(digest)?.has(version))
  if (stranger)
    yield { field: 'hold', problem: `names a version ${stranger.version} that has another content` }
  const withdrawnDigests = new Set(hold.filter((one) => one.withdrawn).map(({ digest }) => digest))
  const differs =
    withdrawnDigests.size !== withdrawn.size || [...withdrawnDigests].some((digest) => !withdrawn.has(digest))
  if (differs) yield { field: 'hold', problem: 'does not name what was withdrawn' }
}

function* switchProblems({ disabled, misfit }: Trail, isSet: boolean): Generator<HeadProblem> {
  if (misfit) {
    const problem = `is ${misfit.state}, which does not fit to when an operator disabled the definition`
    yield { field: 'state', version: misfit.version, problem }
  }
  if (disabled !== isSet) yield { field: 'disabled', problem: 'is not what its revisions say' }
}

function toMark(version: number, row: RevisionRow): Mark {
  const { state, digest } = row
  const columns = {
    state,
    digest,
    metadata: computeHash(row.metadata),
    refs: computeHash(row.refs),
    prompt_hash: row.promptHash,
    git_tree: row.gitTree,
    commit_sha: row.commit.sha,
    commit_rank: row.commit.rank,
    updated_at: row.createdAt,
  }
  return { version, state, digest, columns }
}

/**
 * The expected head: the live revision or, without one, the newest; the commit and git's tree are always the newest
 * revision's.
 */
function expectedColumns(newest: Mark, settled: Mark | undefined): Record<string, unknown> {
  const live = settled?.state === 'removed' ? undefined : settled
  const { commit_sha, commit_rank, git_tree } = newest.columns
  return {
    ...(live ?? newest).columns,
    version: live?.version ?? null,
    draft_version: newest.state === 'draft' ? newest.version : null,
    latest_version: newest.version,
    latest_digest: newest.digest,
    commit_sha,
    commit_rank,
    git_tree,
  }
}
