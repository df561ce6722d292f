import type { Kind } from '../../contract/kind.ts'
import { byName, nameOf } from '../../contract/name.ts'
import type { ReleaseResult } from '../../contract/protocol/sync.ts'
import { movedIn } from '../diff/moves.ts'
import type { Head, Registry } from '../registry/registry.ts'
import { describeIncident, type IncidentCause, requiredBy } from './incident.ts'
import { readReleaseMoves } from './release-moves.ts'

/** The most definitions whose histories are read; the others are only counted. */
const MOST = 30

/** The paragraph about an effect that has happened, with what it reaches now. */
export async function readIncident(
  registry: Registry,
  kinds: readonly Kind[],
  result: ReleaseResult,
  cause: IncidentCause,
): Promise<string> {
  const rows = movedIn(result).slice(0, MOST)
  const [heads, moves] = await Promise.all([readHeadsOf(registry, kinds), readReleaseMoves(registry, rows)])
  const disabled = stillDisabled(rows, heads).map(nameOf)
  return describeIncident(cause, { result, moves, dependents: requiredBy(rows, heads), disabled, registry })
}

/** The heads of all kinds. */
export function readHeadsOf(registry: Registry, kinds: readonly Kind[]): Promise<Head[]> {
  return registry.heads(...kinds.map((kind) => kind.id))
}

/** Those that an operator keeps disabled, so that what was moved is not live. */
export function stillDisabled(
  rows: readonly { kind: string; id: string; outcome: string }[],
  heads: readonly Head[],
): Head[] {
  const headByName = byName(heads)
  const moved = rows.filter(({ outcome }) => outcome !== 'disabled' && outcome !== 'enabled')
  return moved.flatMap((row) => {
    const head = headByName.get(nameOf(row))
    return head?.disabled ? [head] : []
  })
}
