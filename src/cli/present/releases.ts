import type { ChalkInstance } from 'chalk'
import { nameOf } from '../../contract/name.ts'
import { keepInPreview } from '../../contract/text/keep-in-preview.ts'
import type { ReleasedChange } from '../../core/moves/describe-released.ts'
import type { DatedMove, ReleaseWithMoves } from '../../core/moves/recent-moves.ts'
import { describeReleaseMove } from '../../core/moves/release-moves.ts'
import { printableText } from '../../core/printable.ts'
import type { Release } from '../../core/registry/registry.ts'
import { shortId } from '../../core/registry/short-id.ts'
import type { Screen } from '../terminal/screen.ts'
import { presentDiff } from './publish-plan.ts'
import { count, type TableColumn, table } from './table.ts'
import { shownId, shownTime } from './time.ts'

/** `leave` is the order in which a narrow screen leaves columns out. */
export const RELEASE_COLUMNS: TableColumn<ReleaseWithMoves>[] = [
  { heading: 'RELEASE', of: ({ id }, screen) => shownId(id, screen) },
  { heading: 'ORIGIN', of: ({ origin }) => origin, leave: 2 },
  { heading: 'MOVED', of: describeMoved, least: 26 },
  { heading: 'COMMIT', of: ({ commit }) => commit.sha.slice(0, 12), leave: 1 },
  { heading: 'AT', of: ({ createdAt }, screen) => shownTime(createdAt, screen) },
  { heading: 'BY', of: ({ actor }) => actor, least: 12, leave: 3 },
  { heading: 'REASON', of: ({ reason }) => reason ?? '', least: 16, leave: 4 },
]

/** RELEASE stays on every screen: the line below the table asks for it. */
export const MOVE_COLUMNS: TableColumn<DatedMove>[] = [
  { heading: 'DEFINITION', of: nameOf, least: 16 },
  { heading: 'MOVED', of: describeReleaseMove, least: 26 },
  { heading: 'ORIGIN', of: ({ origin }) => origin, leave: 1 },
  { heading: 'AT', of: ({ createdAt }, screen) => shownTime(createdAt, screen) },
  { heading: 'RELEASE', of: ({ releaseId }, screen) => shownId(releaseId, screen) },
  { heading: 'BY', of: ({ actor }) => actor, least: 12, leave: 2 },
  { heading: 'REASON', of: ({ reason }) => reason ?? '', least: 12, leave: 3 },
]

/** One line for each release: what moved, by whom, why and when. */
export function presentReleases(
  releases: readonly ReleaseWithMoves[],
  since: string | undefined,
  screen: Screen,
): string {
  return releases.length ? table(RELEASE_COLUMNS, releases, screen) : nothing(since)
}

const nothing = (since: string | undefined) =>
  since === undefined ? 'Nothing has been published yet.' : `Nothing has moved since ${since}.`

/** `agents/reviewer v2 → v3, +3 more` */
function describeMoved({ moves, moved }: ReleaseWithMoves): string {
  const [first] = moves
  if (!first) return 'nothing'
  const more = moved > 1 ? `, +${moved - 1} more` : ''
  return `${nameOf(first)} ${describeReleaseMove(first)}${more}`
}

/** One line for each move of a definition, newest first. */
export function presentMoves(
  moves: readonly DatedMove[],
  since: string | undefined,
  screen: Screen,
  preview: string | undefined,
): string {
  if (moves.length === 0) return nothing(since)
  const details = keepInPreview('details: nofx registry releases show <release>', preview)
  return `${table(MOVE_COLUMNS, moves, screen)}\n${details}`
}

/** A release with the differences of each definition that it changed. */
export function presentReleaseDiffs(
  { release, changes, moved }: { release: Release; changes: readonly ReleasedChange[]; moved: number },
  paint: ChalkInstance,
  preview: string | undefined,
): string {
  const { id, origin, actor, createdAt, reason, commit, undoes } = release
  const lines = [
    `release  ${id}`,
    `what     ${origin}, ${count(moved, 'definition')}${undoes === null ? '' : `; undoes ${shortId(undoes)}`}`,
    `by       ${actor} at ${createdAt}`,
    `commit   ${commit.sha}${commit.dirty ? ' (dirty)' : ''}`,
    ...(reason ? [`reason   ${reason.replaceAll('\n', ' ')}`] : []),
    '',
  ].map(printableText)
  for (const change of changes) {
    lines.push(`${paint.bold(printableText(nameOf(change)))}  ${describeReleaseMove(change)}`)
    for (const { level, message } of change.risks ?? [])
      lines.push(`    risk ${level}: ${printableText(message)}`)
    if (change.diff) lines.push(...presentDiff(change.diff, paint, true))
  }
  if (moved > changes.length) lines.push(paint.dim(`… and ${moved - changes.length} more`))
  const undo = `undo: nofx registry rollback --release ${shortId(id)} --reason "<why>"`
  if (canUndo(release)) lines.push('', keepInPreview(undo, preview))
  return lines.join('\n')
}

function canUndo({ origin }: Release): boolean {
  return origin !== 'withdraw' && origin !== 'rebase' && origin !== 'disable' && origin !== 'enable'
}
