import type { ChalkInstance } from 'chalk'
import type { Kind } from '../../contract/kind.ts'
import { nameOf } from '../../contract/name.ts'
import type { ReleaseResult } from '../../contract/protocol/sync.ts'
import { describeMoves, movedIn, type PlannedMove } from '../../core/diff/moves.ts'
import {
  describeIncident,
  type IncidentCause,
  type IncidentVerb,
  requiredBy,
} from '../../core/moves/incident.ts'
import { readHeadsOf, stillDisabled } from '../../core/moves/read-incident.ts'
import { type ReleaseMove, readReleaseMoves } from '../../core/moves/release-moves.ts'
import { printableText } from '../../core/printable.ts'
import { describeSwitch, enableCommand } from '../../core/registry/operator-switch.ts'
import type { Head, Registry } from '../../core/registry/registry.ts'
import { presentRelease } from './release.ts'

/** The most definitions whose histories are read; the others are only counted. */
const MOST = 30

interface ReleaseContext {
  registry: Registry
  kinds: readonly Kind[]
  cause?: IncidentCause
  paint: ChalkInstance
}

/** A release as the document of `--json` has it, which says of the whole command whether it was a dry run. */
export type ShownResult = Omit<ReleaseResult, 'dryRun'>

/** The document of an effect. A dry run makes no versions, so its moves have other fields. */
export type Released =
  | { dryRun: true; result: ShownResult; moves: PlannedMove[] }
  | { dryRun: false; result: ShownResult; moves: ReleaseMove[]; incident?: string }

interface ReleaseOutput {
  data: Released
  text: string
}

/** An effect, or its dry run, as data and as text; with a cause, the paragraph for the incident channel. */
export async function describeRelease(
  result: ReleaseResult,
  context: ReleaseContext,
): Promise<ReleaseOutput> {
  const { registry, kinds, cause, paint } = context
  const rows = movedIn(result).slice(0, MOST)
  const needsHeads = cause !== undefined && rows.length > 0
  const heads = needsHeads ? await readHeadsOf(registry, kinds) : []
  const disabled = stillDisabled(rows, heads)
  const notes = disabled.map((head) => stays(head, registry.preview, paint))
  const idle = rows.length === 0 ? describeIdle(result, cause?.verb) : undefined
  const whyIdle = idle === undefined ? {} : { idle }
  if (result.dryRun) {
    const moves = await describeMoves(registry, kinds, result)
    return {
      data: { dryRun: true, result: withoutDryRun(result), moves },
      text: [...notes, presentRelease(result, registry.label, paint, { moves, ...whyIdle })].join('\n'),
    }
  }
  if (result.replayed && cause?.verb === 'rollback') notes.push(furtherBack(paint))
  const changes = await readReleaseMoves(registry, rows)
  const data = { dryRun: false, result: withoutDryRun(result), moves: changes } as const
  const text = [...notes, presentRelease(result, registry.label, paint, { done: changes, ...whyIdle })]
  if (!cause || result.releaseId === null) return { data, text: text.join('\n') }
  const dependents = requiredBy(rows, heads)
  const facts = { result, moves: changes, dependents, disabled: disabled.map(nameOf), registry }
  const incident = describeIncident(cause, facts)
  text.push('', 'For the incident channel:', '', printableText(incident))
  return { data: { ...data, incident }, text: text.join('\n') }
}

/** What each verb leaves as it is. Only a withdrawal has no cause. */
const IDLE: Record<IncidentVerb | 'withdraw', string> = {
  rollback: 'has that content already',
  disable: 'is disabled already',
  enable: 'is not disabled by an operator',
  undelete: 'is live already',
  promote: 'has no draft',
  withdraw: 'has no content of that version any more',
}

/** The state of the definition, when a command about one definition has nothing to change. */
function describeIdle({ outcomes }: ReleaseResult, verb?: IncidentVerb): string | undefined {
  const [row] = outcomes
  if (row === undefined || outcomes.length > 1) return undefined
  return printableText(`${nameOf(row)} ${IDLE[verb ?? 'withdraw']}`)
}

export function withoutDryRun({ dryRun: _, ...result }: ReleaseResult): ShownResult {
  return result
}

/** The same rollback once more has no further effect, because it may be a retry. */
function furtherBack(paint: ChalkInstance): string {
  return paint.yellow(
    '! this rollback was made before; to go further back give another reason, or --to <version>',
  )
}

function stays(head: Head, preview: string | undefined, paint: ChalkInstance): string {
  const why = head.disabled ? describeSwitch(head.disabled) : ''
  const end = enableCommand(head, preview)
  return paint.yellow(printableText(`! ${nameOf(head)}  stays ${why}; to end that: ${end}`))
}
