import { satisfies } from '../../contract/fields/semver.ts'
import type { Description } from '../../contract/kind.ts'
import { byName, nameOf } from '../../contract/name.ts'
import { isLive } from '../registry/live-head.ts'
import type { Head } from '../registry/registry.ts'

/** What others may depend on of a definition. */
export type Standing = Pick<Description, 'status' | 'version' | 'provides'>

/** What a definition will be after a plan; undefined if the plan removes it. */
export type Moves = ReadonlyMap<string, Standing | undefined>

/**
 * For every name (`kind/id`) in `moves`, the live heads that would be left without something they require or demand
 * of it. `heads` are those of every kind. Heads that the plan moves are skipped, because the plan checks their new
 * content.
 */
export function brokenBy(
  moves: Moves,
  heads: readonly Head[],
  covered: ReadonlySet<string>,
): Map<string, string[]> {
  const broken = new Map<string, Set<string>>()
  // Most heads need nothing of others, and a map of 100,000 takes a tenth of their own memory.
  let headByName: ReadonlyMap<string, Head> | undefined
  const after = (name: string): Standing | undefined => {
    if (moves.has(name)) return moves.get(name)
    headByName ??= byName(heads)
    const head = headByName.get(name)
    return isLive(head) ? head.description : undefined
  }
  for (const dependent of moves.size > 0 ? heads : []) {
    if (dependent.references.length === 0 && dependent.demands.length === 0) continue
    const name = nameOf(dependent)
    if (!isLive(dependent) || covered.has(name)) continue
    for (const culprit of findCulprits(dependent, moves, after))
      broken.set(culprit, (broken.get(culprit) ?? new Set()).add(name))
  }
  return new Map([...broken].map(([name, dependents]) => [name, [...dependents].sort()]))
}

/** The names in `moves` that leave a requirement of `dependent` unmet. */
function findCulprits(
  { references, demands }: Head,
  moves: Moves,
  after: (name: string) => Standing | undefined,
): string[] {
  const culprits: string[] = []
  for (const reference of references) {
    const name = nameOf(reference)
    if (reference.relation !== 'requires' || !moves.has(name)) continue
    if (!fits(after(name), reference.range)) culprits.push(name)
  }
  for (const { kind, oneOf, provides } of demands) {
    const names = oneOf.map((id) => nameOf({ kind, id }))
    if (names.some((name) => after(name)?.provides.includes(provides))) continue
    culprits.push(...names.filter((name) => moves.has(name)))
  }
  return culprits
}

function fits(target: Standing | undefined, range: string | undefined): boolean {
  if (target === undefined || target.status === 'disabled') return false
  return range === undefined || (target.version !== undefined && satisfies(target.version, range))
}
