import type { Release } from '../../core/registry/registry.ts'
import type { Screen } from '../terminal/screen.ts'
import { type Column, table } from './table.ts'
import { shownId, shownTime } from './time.ts'

/** A release with its numbers of definitions by outcome. */
export type CountedRelease = Release & { counts: Record<string, number> }

/** `leave` is the order in which a narrow screen leaves columns out. */
const COLUMNS: Column<CountedRelease>[] = [
  { heading: 'RELEASE', of: ({ id }, screen) => shownId(id, screen) },
  { heading: 'ORIGIN', of: ({ origin }) => origin, leave: 2 },
  { heading: 'MOVED', of: presentCounts, least: 12 },
  { heading: 'COMMIT', of: ({ commit }) => commit.sha.slice(0, 12), leave: 1 },
  { heading: 'AT', of: ({ createdAt }, screen) => shownTime(createdAt, screen) },
  { heading: 'BY', of: ({ actor }) => actor, least: 16, leave: 3 },
  { heading: 'REASON', of: ({ reason }) => reason ?? '', least: 24, leave: 4 },
]

/** One line for each release, newest first. */
export function presentReleases(releases: readonly CountedRelease[], screen: Screen): string {
  return releases.length ? table(COLUMNS, releases, screen) : 'Nothing has been published yet.'
}

function presentCounts({ counts }: CountedRelease): string {
  return Object.entries(counts)
    .map(([outcome, amount]) => `${amount} ${outcome}`)
    .join(', ')
}
