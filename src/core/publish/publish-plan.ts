import type { Risk } from '../../contract/kind.ts'
import { byName, type Covers, nameOf } from '../../contract/name.ts'
import type { Commit } from '../../contract/protocol/sync.ts'
import type { ContentDiff } from '../diff/content-diff.ts'
import { describeHold, findHold } from '../registry/hold.ts'
import type { OperatorSwitch } from '../registry/operator-switch.ts'
import type { Head } from '../registry/registry.ts'
import { brokenBy, type Moves, type Standing } from './dependents.ts'

/** A valid definition of the tree, reduced to what planning needs. */
export interface PublishCandidate {
  kind: string
  id: string
  digest: string
  description: Standing
  /** The risks of the definition by itself, if the registry has no head of it. */
  risks?: Risk[] | undefined
  /** See `PlanItem`. */
  neededBy?: string
}

/**
 * What a publish would do with one definition. `stale` and `held` change nothing; one `refused` stops the publish.
 */
export interface PlanItem {
  kind: string
  id: string
  action: 'add' | 'change' | 'stale' | 'held' | 'refused'
  digest: string
  previousDigest: string | null
  /**
   * The newest version in the registry, 0 without one. The server refuses the commit if another version is
   * newest by then.
   */
  expectedVersion: number
  /**
   * The definition in the selection that requires this one, which is outside of the selection and missing from the
   * registry.
   */
  neededBy?: string
  /** The definition will be a draft beside the live version. */
  draft?: true
  /** The version that readers see now, if it is not the newest or if it stays live. */
  liveVersion?: number
  /** An operator keeps the definition disabled: what is published stays disabled. */
  disabled?: OperatorSwitch
  /** Why nothing changes, for `stale`, `held` and `refused`. */
  note?: string
  /** Held for good: the texts were deleted from the registry. */
  withdrawn?: true
  diff?: ContentDiff
  risks: Risk[]
  /** Live definitions outside this publish that would lose something they require. */
  breaks: string[]
}

/** A head whose definition is missing from the tree. It is removed only if the plan was made with `prune`. */
export interface PlanRemoval {
  kind: string
  id: string
  expectedVersion: number
  /** Live definitions that require it. */
  requiredBy: string[]
}

/**
 * What a publish will do, as plain data: `--dry-run` prints it, `--out` saves it, `--plan` applies exactly it. It
 * contains nothing that depends on a clock.
 */
export interface PublishPlan {
  nofxPlan: 1
  registry: string
  commit: Commit
  items: PlanItem[]
  /** Present in the registry, missing from the tree. */
  missing: PlanRemoval[]
  prune: boolean
  unhold: boolean
  /** Every definition becomes a draft, whatever status its manifest has. */
  draft?: true
  unchanged: number
  /** Number of published definitions that this publish covers, without tombstones. */
  published: number
}

/** What the comparison needs to know besides the definitions. */
export interface PlanOptions {
  registry: string
  commit: Commit
  prune: boolean
  unhold: boolean
  /** See `PublishPlan`. */
  draft?: boolean
  /** True for a definition that this publish covers; only covered definitions can be missing. */
  covers: Covers
  /** True for a definition that the commit has: it is not missing, whatever the working tree lacks. */
  inCommit?: Covers
  /** Definitions that are neither candidates nor among the heads, because they are published with the same content. */
  equal?: { count: number; heads: readonly Head[] }
  /** Whether candidates that stay the same may lack something, because they were not checked together. */
  unchecked?: boolean
}

/**
 * Compares the tree with the registry's heads. Pure; the caller adds diffs and risks for changed definitions.
 * @param heads those of every kind that can be published or can depend on published definitions
 */
export function comparePlan(
  candidates: readonly PublishCandidate[],
  heads: readonly Head[],
  options: PlanOptions,
): PublishPlan {
  const { equal = { count: 0, heads: [] } } = options
  const byId = byName(heads)
  const items: PlanItem[] = []
  for (const candidate of candidates) {
    const head = byId.get(nameOf(candidate))
    const differs = !head || !isSame(head, candidate) || goesLive(head, candidate, options)
    if (differs || findHold(head, candidate.digest)?.withdrawn) items.push(planItem(candidate, head, options))
  }
  const present = new Set(candidates.map(nameOf))
  const published = heads.filter((head) => head.state !== 'removed' && options.covers(head))
  const missing = published.filter((head) => !options.inCommit?.(head) && !present.has(nameOf(head)))
  const checked = options.unchecked ? new Set(items.map(nameOf)) : present
  const surroundings = [...heads, ...equal.heads]
  const broken = brokenBy(
    collectMoves(items, candidates, options.prune ? missing : []),
    surroundings,
    checked,
  )
  for (const item of items) item.breaks = broken.get(nameOf(item)) ?? []
  return {
    nofxPlan: 1,
    registry: options.registry,
    commit: options.commit,
    items,
    missing: planRemovals(missing, surroundings),
    prune: options.prune,
    unhold: options.unhold,
    ...(options.draft ? { draft: true as const } : {}),
    unchanged: candidates.length - items.length + equal.count,
    published: published.length + equal.count,
  }
}

/** True if the plan would change nothing. */
export function isEmpty(plan: PublishPlan): boolean {
  return (
    plan.items.every((item) => item.action === 'stale' || item.action === 'held') &&
    !(plan.prune && plan.missing.length)
  )
}

/** Whether the registry's newest content of a definition is this content. */
export function isSame(head: Head, candidate: { digest: string }): boolean {
  return head.state !== 'removed' && head.digest === candidate.digest
}

/** Why a commit is stale: both commits with their ranks. */
export function overtaken(commit: PublishPlan['commit'], head: Head): string {
  const [older, newer] = [commit.sha, head.commit.sha].map((sha) => sha.slice(0, 12))
  return `commit ${older} (rank ${commit.rank}) is older than the published commit ${newer} (rank ${head.commit.rank})`
}

/** Whether the newest content is a draft that this publish makes live. */
function goesLive(head: Head, candidate: PublishCandidate, options: PlanOptions): boolean {
  return head.draftVersion !== null && !isDraft(candidate, options)
}

function isDraft({ description }: PublishCandidate, { draft }: PlanOptions): boolean {
  return draft === true || description.status === 'draft'
}

function planItem(candidate: PublishCandidate, head: Head | undefined, options: PlanOptions): PlanItem {
  const item: PlanItem = {
    kind: candidate.kind,
    id: candidate.id,
    action: head && head.state !== 'removed' ? 'change' : 'add',
    ...(candidate.neededBy === undefined ? {} : { neededBy: candidate.neededBy }),
    digest: candidate.digest,
    previousDigest: head?.digest ?? null,
    expectedVersion: head?.latestVersion ?? 0,
    ...standing(candidate, head, options),
    ...(head?.disabled ? { disabled: head.disabled } : {}),
    risks: candidate.risks ?? [],
    breaks: [],
  }
  if (!head) return item
  const hold = findHold(head, candidate.digest)
  if (hold?.withdrawn) return { ...item, action: 'held', note: describeHold(hold), withdrawn: true }
  if (head.commit.rank > options.commit.rank)
    return { ...item, action: 'stale', note: overtaken(options.commit, head) }
  if (hold && !options.unhold) return { ...item, action: 'held', note: describeHold(hold) }
  if (!item.draft && reusesVersion(head, candidate))
    return {
      ...item,
      action: 'refused',
      note: `version ${head.description.version} is published with other content (NOFX_VERSION_REUSED): raise "version"`,
    }
  return item
}

/** Whether the definition will be a draft, and which version readers see meanwhile. */
function standing(candidate: PublishCandidate, head: Head | undefined, options: PlanOptions) {
  const draft = isDraft(candidate, options)
  const live = head?.version ?? null
  return {
    ...(draft ? { draft: true as const } : {}),
    ...(live !== null && (draft || live !== head?.latestVersion) ? { liveVersion: live } : {}),
  }
}

/** A declared version names one content for ever, unless that content was only a draft. */
function reusesVersion(head: Head, { description }: PublishCandidate): boolean {
  if (head.state === 'removed' || head.state === 'draft') return false
  return head.description.version !== undefined && head.description.version === description.version
}

/** The state that each definition of the plan will have. A draft beside a live version does not change the live one. */
function collectMoves(
  items: readonly PlanItem[],
  candidates: readonly PublishCandidate[],
  removed: readonly Head[],
): Moves {
  const moves = new Map<string, Standing | undefined>(removed.map((head) => [nameOf(head), undefined]))
  const changing = new Set(items.filter((item) => item.action === 'change' && !item.draft).map(nameOf))
  for (const { kind, id, description } of candidates)
    if (changing.has(nameOf({ kind, id }))) moves.set(nameOf({ kind, id }), description)
  return moves
}

/** The missing heads as removals, each with the live definitions that remain and require it. */
function planRemovals(missing: readonly Head[], heads: readonly Head[]): PlanRemoval[] {
  if (missing.length === 0) return []
  const removedNames = new Map(missing.map((head) => [nameOf(head), undefined]))
  const broken = brokenBy(removedNames, heads, new Set(removedNames.keys()))
  return missing.map(({ kind, id, latestVersion }) => ({
    kind,
    id,
    expectedVersion: latestVersion,
    requiredBy: broken.get(nameOf({ kind, id })) ?? [],
  }))
}
