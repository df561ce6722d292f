import { nameOf } from '../../contract/name.ts'
import type { LiveAt } from '../../core/live-at.ts'
import { toMove } from '../../core/moves/release-moves.ts'
import { printableText } from '../../core/printable.ts'
import { describeHold, holdOf } from '../../core/registry/hold.ts'
import { isLive } from '../../core/registry/live-head.ts'
import { describeSwitch, enableCommand } from '../../core/registry/operator-switch.ts'
import type { Head } from '../../core/registry/registry.ts'
import type { DatedRevision, RevisionSummary } from '../../core/registry/revision.ts'
import { count, table } from './table.ts'

const HEADING = ['VERSION', 'STATE', 'ORIGIN', 'DIGEST', 'COMMIT', 'AT', 'BY', 'REASON']

/**
 * One line for each revision, with its actor and reason.
 * @param all revisions of the definition, newest first, to name the content of a copy
 */
export function presentHistory(
  head: Head,
  revisions: readonly RevisionSummary[],
  all: readonly RevisionSummary[] = revisions,
): string {
  const rows = revisions.map((revision) => [
    `${revision.version}${revision.version === head.version && isLive(head) ? '*' : ''}`,
    `${stateOf(head, revision)}${markOf(head, revision)}`,
    originOf(revision, all),
    revision.digest.slice(0, 12),
    shortCommit(revision),
    revision.createdAt,
    revision.actor,
    revision.reason ?? '',
  ])
  const off = head.disabled ? [`${describeSwitch(head.disabled)}; to end that: ${enableCommand(head)}`] : []
  return printableText([table(HEADING, rows), '* live', ...off, ...presentHolds(head)].join('\n'))
}

/** The state that a revision has now: only the newest live one and a draft above it have the state of their own. */
function stateOf({ version, draftVersion, latestVersion }: Head, revision: RevisionSummary): string {
  const isPresent = [version, draftVersion, latestVersion].includes(revision.version)
  return isPresent || revision.state === 'removed' ? revision.state : 'replaced'
}

/** `rollback to v1, from v3` */
function originOf(
  { kind, id, version, origin, digest }: RevisionSummary,
  all: readonly RevisionSummary[],
): string {
  if (origin !== 'rollback') return origin
  const { from, content } = toMove({ kind, id, outcome: 'rolled-back', version, digest }, all)
  return `rollback${content === null ? '' : ` to v${content}`}${from === null ? '' : `, from v${from}`}`
}

/** What the history shows beside the state of a revision. */
export function markOf(head: Head, { digest, withdrawn }: RevisionSummary): string {
  if (withdrawn) return ', withdrawn'
  return holdOf(head, digest) ? ', held' : ''
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

/** One line for each definition that was live at a time. */
export function presentAllLiveAt(kind: string, at: string, live: readonly DatedRevision[]): string {
  const rows = live.map((revision) => [
    revision.id,
    revision.version,
    revision.state,
    revision.digest.slice(0, 12),
    shortCommit(revision),
    revision.createdAt,
    revision.until ?? 'now',
    revision.actor,
    revision.reason ?? '',
  ])
  const heading = ['ID', 'VERSION', 'STATE', 'DIGEST', 'COMMIT', 'SINCE', 'UNTIL', 'BY', 'REASON']
  const sum = `${count(live.length, 'definition')} of ${kind} live at ${at}`
  return rows.length ? `${table(heading, rows)}\n${sum}` : sum
}

function shortCommit({ commit }: RevisionSummary): string {
  return `${commit.sha.slice(0, 12)}${commit.dirty ? ' (dirty)' : ''}`
}
