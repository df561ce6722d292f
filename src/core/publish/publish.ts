import { UNCOMMITTED } from '../../contract/commit.ts'
import type { Diagnostic } from '../../contract/diagnostic.ts'
import { isError } from '../../contract/diagnostic.ts'
import { Failure } from '../../contract/failure.ts'
import type { Kind } from '../../contract/kind.ts'
import type { Covers } from '../../contract/name.ts'
import type { Commit } from '../../contract/protocol/sync.ts'
import { buildState, compareStates, findRisks, treeState } from '../diff/compare.ts'
import type { StageWatch } from '../progress.ts'
import type { Head, Registry } from '../registry/registry.ts'
import type { Revision } from '../registry/revision.ts'
import { locateFolder, type WorkingTree } from '../tree/tree.ts'
import { noDefinitions } from '../validate/validate.ts'
import { collectCandidates } from './candidates.ts'
import { comparePlan, type PlanItem, type PublishCandidate, type PublishPlan } from './publish-plan.ts'

/** What a publish covers and how strict it is. */
export interface PublishOptions {
  /** Undefined outside of git. */
  commit: Commit | undefined
  /**
   * Kinds to publish. Definitions of other kinds that these require are published too if the registry does not have
   * them.
   */
  publishes: readonly string[]
  /** Ids to publish, of any kind in the tree; undefined for all. */
  only?: readonly string[]
  prune?: boolean
  unhold?: boolean
  /** Every changed definition becomes a draft beside the live version, whatever status its manifest has. */
  draft?: boolean
}

/** A plan, and the findings made on the way (only warnings if there is a plan). */
export interface Planned {
  plan?: PublishPlan
  /** The definitions that were compared. */
  candidates: PublishCandidate[]
  diagnostics: Diagnostic[]
}

/**
 * Hashes the tree, checks the definitions that differ from the registry, and compares. It writes nothing. Without a
 * plan, the diagnostics contain at least one error.
 * @throws Failure NO_DEFINITIONS, NOT_FOUND (an id in `only` that does not exist), REMOTE_…
 */
export async function planPublish(
  tree: WorkingTree,
  registry: Registry,
  options: PublishOptions,
  watch: StageWatch,
): Promise<Planned> {
  const { commit, only } = options
  const published = new Set(options.publishes)
  const covers: Covers = ({ kind, id }) => published.has(kind) && (!only || only.includes(id))
  const { diagnostics, candidates, heads } = await collectCandidates(tree, registry, covers, watch, options)
  for (const id of only ?? []) requireKnown(id, tree, candidates, heads, diagnostics)
  const any = heads.some((head) => published.has(head.kind))
  if (candidates.length === 0 && !any && diagnostics.length === 0) throw noDefinitions(tree)
  if (diagnostics.some(isError)) return { diagnostics, candidates }
  watch.emit({ stage: 'plan', state: 'started', done: 0, total: 0 })
  const plan = comparePlan(candidates, heads, {
    registry: registry.label,
    commit: commit ?? uncommitted(heads),
    prune: options.prune ?? false,
    unhold: options.unhold ?? false,
    draft: options.draft ?? false,
    covers,
    inCommit: (one) => tree.files?.holds(one) ?? false,
  })
  await describeChanges(plan, tree, registry)
  watch.emit({ stage: 'plan', state: 'done', done: plan.items.length, total: plan.items.length })
  return { plan, diagnostics, candidates }
}

function requireKnown(
  id: string,
  tree: WorkingTree,
  candidates: readonly PublishCandidate[],
  heads: readonly Head[],
  diagnostics: readonly Diagnostic[],
): void {
  const isKnown = [...candidates, ...heads, ...diagnostics].some((one) => one.id === id)
  if (!isKnown)
    throw new Failure(
      'NOT_FOUND',
      `"${id}" is neither in ${tree.shownPath} nor in the registry`,
      'check the id given to --only',
    )
}

/** The commit of a publish outside of git: marked as dirty, and never stale. */
function uncommitted(heads: readonly Head[]): Commit {
  return { sha: UNCOMMITTED, rank: Math.max(0, ...heads.map((head) => head.commit.rank)), dirty: true }
}

/** Adds diffs and risks to the changes of the plan. Asks the registry once for each kind. */
async function describeChanges(plan: PublishPlan, tree: WorkingTree, registry: Registry): Promise<void> {
  for (const kind of tree.kinds) {
    const items = plan.items.filter((item) => item.kind === kind.id)
    const changedIds = items.filter((item) => item.previousDigest !== null).map((item) => item.id)
    const newest = changedIds.length ? await registry.newest(kind.id, changedIds) : []
    const byId = new Map(newest.map((revision) => [revision.id, revision]))
    for (const item of items)
      await describeChange(item, (await liveBefore(item, registry)) ?? byId.get(item.id), kind, tree)
  }
}

/** A definition that goes live over a draft is compared with the live version, not with the draft. */
async function liveBefore(
  { kind, id, draft, liveVersion }: PlanItem,
  registry: Registry,
): Promise<Revision | undefined> {
  return draft || liveVersion === undefined ? undefined : registry.revision(kind, id, liveVersion)
}

async function describeChange(
  item: PlanItem,
  before: Revision | undefined,
  kind: Kind,
  tree: WorkingTree,
): Promise<void> {
  await tree.files?.prepare([locateFolder(tree, kind, item.id)])
  if (before)
    Object.assign(item, await compareStates(kind, buildState(before, kind), treeState(tree, kind, item.id)))
  else item.risks = findRisks(kind, undefined, treeState(tree, kind, item.id))
}
