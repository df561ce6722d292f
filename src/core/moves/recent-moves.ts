import type { Named } from '../../contract/name.ts'
import type { OutcomeRow } from '../../contract/protocol/sync.ts'
import { movedIn } from '../diff/moves.ts'
import type { Registry, Release } from '../registry/registry.ts'
import { type ReleaseMove, readReleaseMoves } from './release-moves.ts'

/** A release, with what it did to the first definitions that it moved. */
export interface ReleaseWithMoves extends Release {
  moves: ReleaseMove[]
  /** How many definitions it moved in all. */
  moved: number
}

/** One move of one definition, with its release. */
export interface DatedMove extends ReleaseMove {
  releaseId: string
  origin: Release['origin']
  actor: string
  reason: string | null
  createdAt: string
}

/** More releases are not read for a time span or a kind. */
const MOST_READ = 1_000

/** The newest releases, or those since a time, each with its first `each` moves. */
export async function recentReleases(
  registry: Pick<Registry, 'releases' | 'history'>,
  { limit, since, each }: { limit: number; since?: string; each: number },
): Promise<ReleaseWithMoves[]> {
  const releases = await releasesSince(registry, limit, since)
  const rows = releases.map((release) => movedRows(release))
  const shownRows = rows.map((some) => some.slice(0, each))
  const moves = await readReleaseMoves(registry, shownRows.flat())
  let at = 0
  return releases.map((release, index) => {
    const amount = shownRows[index]?.length ?? 0
    at += amount
    return { ...release, moves: moves.slice(at - amount, at), moved: rows[index]?.length ?? 0 }
  })
}

/** The newest moves of all definitions, or of those that `covers` names, newest first. */
export async function recentMoves(
  registry: Pick<Registry, 'releases' | 'history'>,
  { limit, since, covers }: { limit: number; since?: string; covers?: (one: Named) => boolean },
): Promise<DatedMove[]> {
  const most = since === undefined ? Math.min(MOST_READ, covers ? limit * 5 : limit) : MOST_READ
  const releases = await releasesSince(registry, most, since)
  const recent = releases.flatMap((release) =>
    movedRows(release)
      .filter(covers ?? (() => true))
      .map((row) => ({ release, row })),
  )
  const newest = recent.slice(0, limit)
  const moves = await readReleaseMoves(
    registry,
    newest.map(({ row }) => row),
  )
  return newest.flatMap(({ release }, at) => {
    const move = moves[at]
    const { id: releaseId, origin, actor, reason, createdAt } = release
    return move ? [{ ...move, releaseId, origin, actor, reason, createdAt }] : []
  })
}

async function releasesSince(
  registry: Pick<Registry, 'releases'>,
  limit: number,
  since: string | undefined,
): Promise<Release[]> {
  const releases = await registry.releases(since === undefined ? limit : MOST_READ)
  const late = since === undefined ? releases : releases.filter(({ createdAt }) => createdAt >= since)
  return late.slice(0, limit)
}

function movedRows(release: Release): OutcomeRow[] {
  return movedIn(release)
}
