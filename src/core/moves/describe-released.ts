import type { Kind, Risk } from '../../contract/kind.ts'
import { buildState, compareStates } from '../diff/compare.ts'
import type { ContentDiff } from '../diff/content-diff.ts'
import { movedIn } from '../diff/moves.ts'
import { inParallel } from '../in-parallel.ts'
import type { Registry, Release } from '../registry/registry.ts'
import { type ReleaseMove, readReleaseMoves } from './release-moves.ts'

/** What a release did to one definition, with the differences of its content. */
export interface ReleasedChange extends ReleaseMove {
  diff?: ContentDiff
  risks?: Risk[]
}

/** The most definitions whose contents are compared; the others are only counted. */
const MOST = 30
const AT_ONCE = 4

/** The changes of a release: for the first 30 definitions, with the same diffs as in its plan. */
export async function describeReleased(
  registry: Registry,
  kinds: readonly Kind[],
  release: Release,
): Promise<{ changes: ReleasedChange[]; moved: number }> {
  const rows = movedIn(release)
  const moves = await readReleaseMoves(registry, rows.slice(0, MOST))
  const changes = await inParallel(moves, AT_ONCE, (move) => withDiff(registry, kinds, move))
  return { changes, moved: rows.length }
}

async function withDiff(
  registry: Registry,
  kinds: readonly Kind[],
  move: ReleaseMove,
): Promise<ReleasedChange> {
  const { kind: kindId, id, outcome, from, to } = move
  const kind = kinds.find((one) => one.id === kindId)
  const isStill = outcome === 'removed' || outcome === 'withdrawn' || outcome === 'rebased'
  if (!kind || from === null || to === null || isStill) return move
  const [before, after] = await Promise.all(
    [from, to].map((version) => registry.revision(kindId, id, version)),
  )
  if (!before || !after || before.withdrawn || after.withdrawn || before.digest === after.digest) return move
  return { ...move, ...(await compareStates(kind, buildState(before, kind), buildState(after, kind))) }
}
