import { nameOf } from '../../contract/name.ts'
import type { EffectOutcome } from '../../contract/protocol/effects.ts'
import type { OutcomeRow } from '../../contract/protocol/sync.ts'
import { settledIn } from '../diff/moves.ts'
import { inParallel } from '../in-parallel.ts'
import type { Registry } from '../registry/registry.ts'
import type { RevisionSummary } from '../registry/revision.ts'

/** What a release did to one definition. */
export interface ReleaseMove {
  kind: string
  id: string
  outcome: EffectOutcome
  /** The version that was the newest without drafts before the release; null if none was, or it was removed. */
  from: number | null
  /** The version that the release made; for a withdrawal, the version that lost its content. */
  to: number | null
  /** The first version that had the same content, if it is an earlier one. */
  content: number | null
  /** Whether the release made a draft, which readers do not see. */
  draft: boolean
}

/** How many histories are read at once. */
const AT_ONCE = 8

/** The rows of releases as moves. Reads the history of each definition once. */
export async function readReleaseMoves(
  registry: Pick<Registry, 'history'>,
  rows: readonly OutcomeRow[],
): Promise<ReleaseMove[]> {
  const distinct = [...new Map(rows.map((row) => [nameOf(row), row])).values()]
  const read = await inParallel(distinct, AT_ONCE, ({ kind, id }) => registry.history(kind, id))
  const histories = new Map(distinct.map((row, at) => [nameOf(row), read[at] ?? []]))
  return rows.map((row) => toMove(row, histories.get(nameOf(row)) ?? []))
}

/** @param history of the definition, newest first */
export function toMove(
  { kind, id, outcome, version, digest }: OutcomeRow,
  history: readonly RevisionSummary[],
): ReleaseMove {
  const earlier = history.filter((one) => version !== null && one.version < version)
  const revision = history.find((one) => one.version === version)
  const source = earlier.findLast((one) => one.digest === digest && one.state !== 'removed')
  const content = outcome === 'removed' || outcome === 'withdrawn' ? null : (source?.version ?? null)
  return {
    kind,
    id,
    outcome,
    from: replacedIn(earlier),
    to: version,
    content,
    draft: revision?.state === 'draft',
  }
}

/** `v2 → v3`, `v3 → v4, the content of v1`, `new v1`: what a release did, without the name. */
export function describeReleaseMove({ outcome, from, to, content, draft }: ReleaseMove): string {
  const before = from === null ? 'nothing live' : `v${from}`
  const copied = content === null ? '' : `, the content of v${content}`
  if (draft) return `v${to} as a draft`
  switch (outcome) {
    case 'added':
      return `new v${to}`
    case 'removed':
      return `${before} → removed`
    case 'withdrawn':
      return `v${to}, content deleted`
    case 'disabled':
      return `${before} → disabled as v${to}`
    case 'enabled':
      return `${before} → enabled as v${to}`
    case 'rebased':
      return `${before} → v${to}, the same content`
    case 'rolled-back':
    case 'restored':
    case 'promoted':
      return `${before} → v${to}${copied}`
    default:
      return `${before} → v${to}`
  }
}

function replacedIn(earlier: readonly RevisionSummary[]): number | null {
  const newest = settledIn(earlier)
  return newest === undefined || newest.state === 'removed' ? null : newest.version
}
