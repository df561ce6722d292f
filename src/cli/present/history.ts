import { nameOf } from '../../contract/name.ts'
import { fitLines } from '../../core/lines/fit-lines.ts'
import type { LiveAt } from '../../core/live-at.ts'
import { toMove } from '../../core/moves/release-moves.ts'
import { printableText } from '../../core/printable.ts'
import { describeHold, findHold } from '../../core/registry/hold.ts'
import { isLive } from '../../core/registry/live-head.ts'
import { describeSwitch, enableCommand } from '../../core/registry/operator-switch.ts'
import type { Head } from '../../core/registry/registry.ts'
import type { DatedRevision, RevisionSummary } from '../../core/registry/revision.ts'
import type { Screen } from '../terminal/screen.ts'
import { count, type TableColumn, table } from './table.ts'
import { shownTime } from './time.ts'

/** Columns that every list of revisions has; `leave` is the order in which a narrow screen leaves them out. */
const COMMON: Record<'digest' | 'commit' | 'by' | 'reason', TableColumn<RevisionSummary>> = {
  digest: { heading: 'DIGEST', of: ({ digest }) => digest.slice(0, 12), leave: 1 },
  commit: { heading: 'COMMIT', of: shortCommit, leave: 3 },
  by: { heading: 'BY', of: ({ actor }) => actor, least: 16, leave: 4 },
  reason: { heading: 'REASON', of: ({ reason }) => reason ?? '', least: 24, leave: 5 },
}

export const historyColumns = (
  head: Head,
  all: readonly RevisionSummary[],
): TableColumn<RevisionSummary>[] => [
  {
    heading: 'VERSION',
    of: ({ version }) => `${version}${version === head.version && isLive(head) ? '*' : ''}`,
  },
  { heading: 'STATE', of: (revision) => `${describeState(head, revision)}${describeMark(head, revision)}` },
  { heading: 'ORIGIN', of: (revision) => describeOrigin(revision, all), leave: 2 },
  COMMON.digest,
  COMMON.commit,
  { heading: 'AT', of: ({ createdAt }, screen) => shownTime(createdAt, screen) },
  COMMON.by,
  COMMON.reason,
]

/**
 * One line for each revision, with its actor and reason.
 * @param all revisions of the definition, newest first, to name the content of a copy
 */
export function presentHistory(
  head: Head,
  revisions: readonly RevisionSummary[],
  screen: Screen,
  all: readonly RevisionSummary[] = revisions,
  preview?: string,
): string {
  const off = head.disabled
    ? [`${describeSwitch(head.disabled)}; to end that: ${enableCommand(head, preview)}`]
    : []
  const notes = [...off, ...presentHolds(head)].flatMap((line) => fitLines(line, screen.width))
  return [table(historyColumns(head, all), revisions, screen), '* live', ...notes].join('\n')
}

/** The state that a revision has now: only the newest live one and a draft above it have the state of their own. */
function describeState({ version, draftVersion, latestVersion }: Head, revision: RevisionSummary): string {
  const isPresent = [version, draftVersion, latestVersion].includes(revision.version)
  return isPresent || revision.state === 'removed' ? revision.state : 'replaced'
}

/** `rollback to v1, from v3` */
function describeOrigin(
  { kind, id, version, origin, digest }: RevisionSummary,
  all: readonly RevisionSummary[],
): string {
  if (origin !== 'rollback') return origin
  const { from, content } = toMove({ kind, id, outcome: 'rolled-back', version, digest }, all)
  return `rollback${content === null ? '' : ` to v${content}`}${from === null ? '' : `, from v${from}`}`
}

/** What the history shows beside the state of a revision. */
export function describeMark(head: Head, { digest, withdrawn }: RevisionSummary): string {
  if (withdrawn) return ', withdrawn'
  return findHold(head, digest) ? ', held' : ''
}

/** One line for each hold on a definition. */
export function presentHolds({ hold }: Head): string[] {
  return hold.map((one) => {
    const what = one.withdrawn ? 'withdrawn' : 'held'
    return `${what} v${one.version} since ${one.since}: ${describeHold(one)}`
  })
}

/** What was live of one definition at a time, or why nothing was live. */
export function presentLiveAt({ kind, id, at, live, gone }: LiveAt): string {
  const name = nameOf({ kind, id })
  if (live) return printableText([`${name} at ${at}: version ${live.version}`, ...details(live)].join('\n'))
  if (!gone) return `${name} was not live at ${at}: it had never been live`
  return printableText([`${name} was not live at ${at}: it was ${gone.state}`, ...details(gone)].join('\n'))
}

function details(revision: DatedRevision): string[] {
  return [
    `state     ${revision.state}`,
    `digest    ${revision.digest}`,
    `commit    ${revision.commit.sha}${revision.commit.dirty ? ' (dirty)' : ''}`,
    `moved by  ${revision.actor}, ${revision.origin} at ${revision.createdAt}`,
    ...(revision.reason ? [`reason    ${revision.reason.replaceAll('\n', ' ')}`] : []),
    `release   ${revision.releaseId}`,
    `until     ${revision.until ?? 'now'}`,
  ]
}

const LIVE_THEN: TableColumn<DatedRevision>[] = [
  { heading: 'ID', of: ({ id }) => id, least: 16 },
  { heading: 'VERSION', of: ({ version }) => version },
  { heading: 'STATE', of: ({ state }) => state },
  COMMON.digest,
  COMMON.commit,
  { heading: 'SINCE', of: ({ createdAt }, screen) => shownTime(createdAt, screen) },
  { heading: 'UNTIL', of: ({ until }, screen) => (until ? shownTime(until, screen) : 'now'), leave: 2 },
  COMMON.by,
  COMMON.reason,
]

/** One line for each definition that was live at a time. */
export function presentAllLiveAt(
  kind: string,
  at: string,
  live: readonly DatedRevision[],
  screen: Screen,
): string {
  const sum = `${count(live.length, 'definition')} of ${kind} live at ${at}`
  return live.length ? `${table(LIVE_THEN, live, screen)}\n${sum}` : sum
}

function shortCommit({ commit }: RevisionSummary): string {
  return `${commit.sha.slice(0, 12)}${commit.dirty ? ' (dirty)' : ''}`
}
