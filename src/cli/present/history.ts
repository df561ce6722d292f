import { nameOf } from '../../contract/name.ts'
import type { LiveAt } from '../../core/live-at.ts'
import { printableText } from '../../core/printable.ts'
import { describeHold, holdOf } from '../../core/registry/hold.ts'
import type { Head } from '../../core/registry/registry.ts'
import type { DatedRevision, RevisionSummary } from '../../core/registry/revision.ts'
import { count, table } from './table.ts'

const HEADING = ['VERSION', 'STATE', 'ORIGIN', 'DIGEST', 'COMMIT', 'AT', 'BY', 'REASON']

/** One line for each revision, with its actor and reason. */
export function presentHistory(head: Head, revisions: readonly RevisionSummary[]): string {
  const rows = revisions.map((revision) => [
    `${revision.version}${revision.version === head.version ? '*' : ''}`,
    `${revision.state}${markOf(head, revision)}`,
    revision.origin,
    revision.digest.slice(0, 12),
    shortCommit(revision),
    revision.createdAt,
    revision.actor,
    revision.reason ?? '',
  ])
  return printableText([table(HEADING, rows), '* live', ...presentHolds(head)].join('\n'))
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
