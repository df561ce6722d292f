import { isLiveState } from '../../contract/fields/is-live.ts'
import type { Kind, Risk } from '../../contract/kind.ts'
import type { OutcomeRow, ReleaseResult } from '../../contract/protocol/sync.ts'
import type { Registry } from '../registry/registry.ts'
import type { RevisionSummary } from '../registry/revision.ts'
import { buildLiveState, buildState, compareStates } from './compare.ts'
import type { ContentDiff } from './content-diff.ts'

/** What an action on one definition changes for its readers. */
export interface PlannedMove {
  kind: string
  id: string
  outcome: OutcomeRow['outcome']
  /** The version that is live before; null if none is. */
  from: number | null
  /**
   * The version whose content is live afterwards; null if none is. For a withdrawal, the version that loses its
   * content.
   */
  content: number | null
  diff?: ContentDiff
  risks?: Risk[]
}

/** Maximum number of definitions that are described; further ones are only counted. */
const MOST = 30

/** Outcomes that change nothing. */
const STILL: ReadonlySet<string> = new Set<OutcomeRow['outcome']>(['unchanged', 'stale', 'held'])

/** The rows of a result that changed something, or would change something in a dry run. */
export function movedIn({ outcomes }: Pick<ReleaseResult, 'outcomes'>): OutcomeRow[] {
  return outcomes.filter(({ outcome }) => !STILL.has(outcome))
}

/**
 * What a dry run of a rollback, a switch, an undelete, a promotion or a withdrawal would change, with the same diffs as a
 * publish: for the first 30 definitions.
 */
export function describeMoves(
  registry: Registry,
  kinds: readonly Kind[],
  result: ReleaseResult,
): Promise<PlannedMove[]> {
  const rows = movedIn(result).slice(0, MOST)
  return Promise.all(rows.map((row) => describe(registry, kinds, row)))
}

async function describe(registry: Registry, kinds: readonly Kind[], row: OutcomeRow): Promise<PlannedMove> {
  const { kind: kindId, id, outcome } = row
  const history = await registry.history(kindId, id)
  const before = settledIn(history)
  const from = isLiveState(before?.state) ? (before?.version ?? null) : null
  if (outcome === 'removed' || outcome === 'withdrawn')
    return { kind: kindId, id, outcome, from, content: outcome === 'removed' ? null : row.version }
  const content = history.find((one) => one.digest === row.digest && one.state !== 'removed')?.version ?? null
  const move: PlannedMove = { kind: kindId, id, outcome, from, content }
  // The content stays the same.
  if (outcome === 'disabled') return { ...move, content: null }
  if (outcome === 'enabled') return move
  const kind = kinds.find((one) => one.id === kindId)
  return kind && before && before.state !== 'removed' && content !== null
    ? { ...move, ...(await compare(registry, kind, id, [before.version, content])) }
    : move
}

/**
 * The newest revision that is not a draft: live, disabled or a tombstone. `history` is newest first. A disabled one
 * is not seen by readers, but the move is compared with it.
 */
export function settledIn(history: readonly RevisionSummary[]): RevisionSummary | undefined {
  return history.find(({ state }) => state !== 'draft')
}

async function compare(
  registry: Registry,
  kind: Kind,
  id: string,
  versions: readonly [before: number, after: number],
): Promise<Pick<PlannedMove, 'diff' | 'risks'>> {
  const [before, after] = await Promise.all(
    versions.map((version) => registry.revision(kind.id, id, version)),
  )
  if (!before || !after || before.withdrawn || after.withdrawn) return {}
  return compareStates(kind, buildState(before, kind), buildLiveState(after, kind))
}
