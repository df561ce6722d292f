import type { ChalkInstance } from 'chalk'
import type { Outcome, ReleaseResult } from '../../core/contract/sync.ts'

const MOST_LINES = 30

const SIGNS: Record<Outcome, string> = {
  added: '+',
  updated: '~',
  unchanged: ' ',
  removed: '-',
  restored: '+',
  promoted: '>',
  'rolled-back': '<',
  rebased: '#',
  stale: '=',
  held: '!',
}

/**
 * What a release did, a line a definition; a long list is cut.
 * @param drafts names (`kind/id`) of those that became drafts
 */
export function presentRelease(
  result: ReleaseResult,
  label: string,
  paint: ChalkInstance,
  drafts: ReadonlySet<string> = new Set(),
): string {
  const moved = result.outcomes.filter((row) => row.outcome !== 'unchanged')
  const lines = moved.slice(0, MOST_LINES).map((row) => {
    const colour = row.outcome === 'stale' || row.outcome === 'held' ? paint.red : paint.green
    const version = row.version === null ? '' : ` v${row.version}`
    const draft = drafts.has(`${row.kind}/${row.id}`) ? ' as a draft' : ''
    return `${colour(SIGNS[row.outcome])} ${row.kind}/${row.id}  ${row.outcome}${version}${draft}`
  })
  if (moved.length > MOST_LINES) lines.push(paint.dim(`  … and ${moved.length - MOST_LINES} more`))
  lines.push(summary(result, moved.length, label))
  return lines.join('\n')
}

function summary(result: ReleaseResult, moved: number, label: string): string {
  if (result.releaseId === null) return `Nothing to do: the registry (${label}) is up to date.`
  const again = result.replayed ? ', as answered before' : ''
  const would = result.dryRun ? 'Dry run: nothing was written. Would be' : 'Done:'
  const release = result.dryRun ? '' : ` as release ${result.releaseId}`
  return `${would} ${moved} moved${release} (${label}, event ${result.seq}${again}).`
}
