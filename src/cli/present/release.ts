import type { ChalkInstance } from 'chalk'
import { nameOf } from '../../contract/name.ts'
import type { EffectOutcome } from '../../contract/protocol/effects.ts'
import type { OutcomeRow, ReleaseResult } from '../../contract/protocol/sync.ts'
import { movedIn, type PlannedMove } from '../../core/diff/moves.ts'
import { describeReleaseMove, type ReleaseMove } from '../../core/moves/release-moves.ts'
import { printableText } from '../../core/printable.ts'
import { shortId } from '../../core/registry/short-id.ts'
import { presentDiff } from './publish-plan.ts'
import { count } from './table.ts'

const MOST_LINES = 30
/** The most definitions named on one line. */
const MOST_NAMED = 3

const SIGNS: Record<EffectOutcome, string> = {
  added: '+',
  updated: '~',
  unchanged: ' ',
  removed: '-',
  restored: '+',
  promoted: '>',
  'rolled-back': '<',
  disabled: 'x',
  enabled: '+',
  withdrawn: 'x',
  rebased: '#',
  stale: '=',
  held: '!',
}

/** Facts that the answer of the registry does not contain. */
interface Details {
  /** Names (`kind/id`) of those that became drafts. */
  drafts?: ReadonlySet<string>
  /** The changes that a dry run would make. */
  moves?: readonly PlannedMove[]
  /** The changes that a release made. */
  done?: readonly ReleaseMove[]
  /** The number of definitions of a publish whose content is held. */
  heldCount?: number
  /** Why a command about one definition moved nothing: the state in which it is. */
  idle?: string
}

/** The result of a release or of its dry run, one line for each definition; a long list is cut. */
export function presentRelease(
  result: ReleaseResult,
  label: string,
  paint: ChalkInstance,
  { drafts = new Set(), moves = [], done = [], heldCount = 0, idle }: Details = {},
): string {
  const rows = result.outcomes.filter((row) => row.outcome !== 'unchanged')
  const lines = rows.slice(0, MOST_LINES).flatMap((row) => {
    const move = moves.find((one) => isRowOfMove(row, one))
    const draft = drafts.has(nameOf(row)) ? ' as a draft' : ''
    const moveOfRow = done.find((one) => isRowOfMove(row, { ...one, content: one.to }))
    const change = moveOfRow ? paint.dim(describeRowMove(moveOfRow)) : ''
    return move ? presentMove(move, paint) : [presentRow(row, paint) + draft + change]
  })
  if (rows.length > MOST_LINES) lines.push(paint.dim(`  … and ${rows.length - MOST_LINES} more`))
  lines.push(summary(result, label, { moves, heldCount, idle }))
  return lines.join('\n')
}

/** The last line of every dry run: that nothing was written, and what would change. */
export function presentDryRun(changes: number, names: readonly string[], idle?: string): string {
  const more = changes > names.length ? `, and ${changes - names.length} more` : ''
  const what = names.length ? `: ${names.join(', ')}${more}` : ''
  const none = idle === undefined ? 'Nothing would move.' : `Nothing would move: ${idle}.`
  return `Dry run: nothing was written. ${changes === 0 ? none : `${changes} would move${what}`}`
}

function summary(
  result: ReleaseResult,
  label: string,
  { moves, heldCount, idle }: Required<Pick<Details, 'moves' | 'heldCount'>> & Pick<Details, 'idle'>,
): string {
  const moved = movedIn(result).length
  if (result.dryRun) {
    const changes = moves
      .slice(0, MOST_NAMED)
      .map((move) => `${printableText(move.id)} ${describeChange(move)}`)
    return presentDryRun(moved, changes, idle)
  }
  if (result.releaseId === null && heldCount > 0)
    return `Published nothing (${label}): ${count(heldCount, 'definition has', 'definitions have')} content that is held.`
  if (result.releaseId === null)
    return `Nothing to do: ${idle === undefined ? `the registry (${label}) is up to date` : `${idle} (${label})`}.`
  const again = result.replayed ? ', as answered before' : ''
  return `Published ${count(moved, 'change')} as release ${shortId(result.releaseId)} (${label}, event ${result.seq}${again}).`
}

/** What stands behind a row, which names the version that was withdrawn itself. */
function describeRowMove(move: ReleaseMove): string {
  return move.outcome === 'withdrawn' ? ', content deleted' : `  ${describeReleaseMove(move)}`
}

function presentRow(row: OutcomeRow, paint: ChalkInstance): string {
  const colour = row.outcome === 'stale' || row.outcome === 'held' ? paint.red : paint.green
  const version = row.version === null ? '' : ` v${row.version}`
  return `${colour(SIGNS[row.outcome])} ${printableText(nameOf(row))}  ${row.outcome}${version}`
}

function presentMove(move: PlannedMove, paint: ChalkInstance): string[] {
  const name = printableText(nameOf(move))
  const risks = (move.risks ?? []).map(({ level, message }) => `    risk ${level}: ${printableText(message)}`)
  const diff = move.diff ? presentDiff(move.diff, paint, true) : []
  return [`${paint.green(SIGNS[move.outcome])} ${name}  ${describeChange(move)}`, ...risks, ...diff]
}

/** `v3 → content of v1` */
function describeChange({ outcome, from, content }: PlannedMove): string {
  if (outcome === 'disabled') return `v${from} → disabled`
  if (outcome === 'enabled') return `v${content} → enabled`
  if (outcome === 'withdrawn') return `v${content} → content deleted`
  const before = from === null ? 'nothing live' : `v${from}`
  return `${before} → ${content === null ? 'removed' : `content of v${content}`}`
}

/** A withdrawal changes several versions of one definition. */
function isRowOfMove(
  row: OutcomeRow,
  move: Pick<PlannedMove, 'kind' | 'id' | 'outcome' | 'content'>,
): boolean {
  const same = row.kind === move.kind && row.id === move.id && row.outcome === move.outcome
  return same && (row.outcome !== 'withdrawn' || row.version === move.content)
}
