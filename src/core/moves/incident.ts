import { type Named, nameOf } from '../../contract/name.ts'
import type { ReleaseResult } from '../../contract/protocol/sync.ts'
import { movedIn } from '../diff/moves.ts'
import { brokenBy } from '../publish/dependents.ts'
import type { Head, Registry } from '../registry/registry.ts'
import { shortId } from '../registry/short-id.ts'
import { describeReleaseMove, type ReleaseMove } from './release-moves.ts'

/** The effects that are reported to other people. */
export const INCIDENT_VERBS = ['rollback', 'disable', 'enable', 'undelete', 'promote'] as const
/** One of them. */
export type IncidentVerb = (typeof INCIDENT_VERBS)[number]

/** Who did what, and why. */
export interface IncidentCause {
  verb: IncidentVerb
  actor: string
  reason?: string
}

/** The most names in one line. */
const MOST = 5

const DONE: Record<IncidentVerb, string> = {
  rollback: 'Rolled back',
  disable: 'Disabled',
  enable: 'Enabled',
  undelete: 'Brought back',
  promote: 'Made live',
}

/** The definitions that require one of these, among all live heads. */
export function requiredBy(definitions: readonly Named[], heads: readonly Head[]): string[] {
  const names = definitions.map(nameOf)
  const broken = brokenBy(new Map(names.map((name) => [name, undefined])), heads, new Set(names))
  return [...new Set([...broken.values()].flat())].sort()
}

/** What the paragraph says besides the cause. */
interface Facts {
  result: ReleaseResult
  moves: readonly ReleaseMove[]
  /** Names of the live definitions that require one of those that moved. */
  dependents: readonly string[]
  /** Names of the moved definitions that an operator keeps disabled. */
  disabled: readonly string[]
  registry: Pick<Registry, 'label' | 'preview'>
}

/** A paragraph in Markdown for the incident channel: what was done, by whom, why, what it reaches, how to undo it. */
export function describeIncident({ verb, actor, reason }: IncidentCause, facts: Facts): string {
  const { result, moves, dependents, disabled, registry } = facts
  const rest = movedIn(result).length - moves.length
  const lines = moves.slice(0, MOST).map((move) => `${code(nameOf(move))} (${describeReleaseMove(move)})`)
  const more = Math.max(0, moves.length - MOST) + rest
  const reaches = describeReach(verb, moves.length > 0 && disabled.length === moves.length)
  return [
    `**${DONE[verb]}** ${lines.join(', ')}${more > 0 ? ` and ${more} more` : ''} in ${oneLine(whereIn(registry))}`,
    `- **Why**: ${reason ? oneLine(reason) : 'no reason was given'}`,
    `- **By**: ${oneLine(actor)}, as release ${code(shortId(result.releaseId))}${result.replayed ? ' (as answered before)' : ''}`,
    `- **Reaches**: ${reaches}; ${required(dependents)}`,
    ...disabled.map(
      (name) =>
        `- **Still disabled**: ${code(name)}, by an operator, until ${code(`nofx registry enable ${name}${renderEnd(registry.preview)}`)}`,
    ),
    `- **Undo**: ${code(renderUndo(verb, result, moves, registry.preview))}`,
  ].join('\n')
}

/** Whom the effect reaches, and when. */
function describeReach(verb: IncidentVerb, staysDisabled: boolean): string {
  if (verb === 'disable') return 'readers get no version of it, workers stop at the next event'
  return staysDisabled
    ? 'no reader, as long as it is disabled'
    : 'readers see it at once, caches within a minute'
}

function required(dependents: readonly string[]): string {
  if (dependents.length === 0) return 'no live definition requires it'
  const names = dependents.slice(0, MOST).map(code).join(', ')
  const more = dependents.length > MOST ? ` and ${dependents.length - MOST} more` : ''
  return `required by ${names}${more}`
}

/** The registry and its preview; most labels name the preview themselves. */
function whereIn({ label, preview }: Facts['registry']): string {
  const inside = preview === undefined ? '' : `, preview ${preview}`
  return label.endsWith(inside) ? label : label + inside
}

/** The exact command that takes the effect back. */
export function renderUndo(
  verb: IncidentVerb,
  { releaseId }: ReleaseResult,
  moves: readonly ReleaseMove[],
  preview: string | undefined,
): string {
  const [only] = moves
  const end = renderEnd(preview)
  if (only && verb === 'disable') return `nofx registry enable ${nameOf(only)}${end}`
  if (only && verb === 'enable') return `nofx registry disable ${nameOf(only)}${end}`
  if (only && moves.length === 1 && verb === 'rollback' && only.from !== null)
    return `nofx registry rollback ${nameOf(only)} --to v${only.from}${end}`
  return `nofx registry rollback --release ${shortId(releaseId)}${end}`
}

/** The flags of every command that moves what is live. */
function renderEnd(preview: string | undefined): string {
  return `${preview === undefined ? '' : ` --env ${preview}`} --reason "<why>"`
}

const oneLine = (text: string) => text.replaceAll(/\s+/g, ' ').trim()
/** Inline code; a backtick inside of the text would end it. */
const code = (text: string) => `\`${oneLine(text).replaceAll('`', "'")}\``
