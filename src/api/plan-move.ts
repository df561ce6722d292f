import * as z from 'zod'
import { Failure } from '../contract/failure.ts'
import type { Kind } from '../contract/kind.ts'
import { nameOf } from '../contract/name.ts'
import type { ReleaseResult } from '../contract/protocol/sync.ts'
import { buildLiveState, findRisks } from '../core/diff/compare.ts'
import { describeMoves, type PlannedMove } from '../core/diff/moves.ts'
import { findHold } from '../core/registry/hold.ts'
import type { Registry } from '../core/registry/registry.ts'
import { contentDiff, risk } from './reads/shapes.ts'

const version = z.int().min(1).nullable()

const plannedMove = z.strictObject({
  from: version.describe('The version that is live now; null if none is.'),
  to: version.describe('The version whose content is live afterwards; null if none is.'),
  diff: contentDiff
    .nullable()
    .describe('Null if there is nothing to compare, or the content stays the same.'),
  risks: z.array(risk).describe('What reaches further afterwards than now; the highest risk first.'),
  risksGone: z.array(risk).describe('What reaches further now than afterwards; the highest risk first.'),
  holds: z
    .string()
    .nullable()
    .describe('The content that a publish does not make live again afterwards; null if none is added.'),
})

const breaks = z
  .array(z.string())
  .describe('The live definitions, as `kind/id`, that would lose something they need: only `force` does it.')

/** What a dry run of an effect on one definition would do. */
export const movePlan = plannedMove
  .extend({ breaks })
  .describe('Only in the answer to a dry run, which writes nothing.')

/** What a dry run of an effect on a whole release would do. */
export const releasePlan = z
  .strictObject({
    items: z
      .array(plannedMove.extend({ kind: z.string(), id: z.string(), outcome: z.string() }))
      .describe('The first 30 definitions.'),
    moved: z.int().min(0).describe('How many definitions it moves.'),
    breaks,
  })
  .describe('Only in the answer to a dry run, which writes nothing.')

/** A dry run, and what it would break. */
interface Tried {
  result: ReleaseResult
  breaks: string[]
}

/**
 * Runs an effect dry. If the registry refuses it only because definitions would break, they are named, and it is run dry
 * with `force`.
 * @param force whether the caller would use force, also against other refusals that it overrides
 * @throws Failure of the effect
 */
export async function tryEffect(
  effect: (force: boolean) => Promise<ReleaseResult>,
  force: boolean,
): Promise<Tried> {
  try {
    return { result: await effect(false), breaks: [] }
  } catch (error) {
    const breaks = brokenIn(error)
    if (breaks.length === 0 && !force) throw error
    return { result: await effect(true), breaks }
  }
}

const nameList = z.array(z.object({ kind: z.string(), id: z.string() }))
const refusalDetail = z.object({ dependents: nameList.optional(), references: nameList.optional() })

/** The definitions that a refusal names as broken, each once. */
function brokenIn(error: unknown): string[] {
  if (!(error instanceof Failure) || error.code !== 'REFUSED') return []
  const { dependents = [], references = [] } = refusalDetail.safeParse(error.detail).data ?? {}
  return [...new Set([...dependents, ...references].map(nameOf))].sort()
}

/** The plan of an effect on one definition, from its dry run. */
export async function planOne(
  registry: Registry,
  kinds: readonly Kind[],
  { result, breaks }: Tried,
): Promise<z.infer<typeof movePlan>> {
  const [item] = await planItems(registry, kinds, result)
  const { from = null, to = null, diff = null, risks = [], risksGone = [], holds = null } = item ?? {}
  return { from, to, diff, risks, risksGone, holds, breaks }
}

/** The plan of an effect on each definition that it would move, the first 30 of them. */
export async function planItems(registry: Registry, kinds: readonly Kind[], result: ReleaseResult) {
  const moves = await describeMoves(registry, kinds, result)
  return Promise.all(
    moves.map(async ({ kind, id, outcome, from, content, diff, risks }) => ({
      kind,
      id,
      outcome,
      from,
      to: content,
      diff: diff ?? null,
      risks:
        risks ??
        (from === null ? await findContentRisks(registry, kinds, { kind, id, outcome, from, content }) : []),
      risksGone: diff
        ? await findContentRisks(registry, kinds, { kind, id, outcome, from: content, content: from })
        : [],
      holds: outcome === 'rolled-back' ? await heldBy(registry, { kind, id, outcome, from, content }) : null,
    })),
  )
}

/** The risks of a content, against another one or against nothing; none if one of them is withdrawn or absent. */
async function findContentRisks(
  registry: Registry,
  kinds: readonly Kind[],
  { kind: kindId, id, from, content }: PlannedMove,
) {
  const kind = kinds.find((one) => one.id === kindId)
  if (!kind || content === null) return []
  const [before, after] = await Promise.all(
    [from, content].map((version) => (version === null ? undefined : registry.revision(kindId, id, version))),
  )
  if (!after || after.withdrawn || before?.withdrawn) return []
  return findRisks(kind, before && buildLiveState(before, kind), buildLiveState(after, kind))
}

/** The live content that a rollback holds; null if it is held already, or stays. */
async function heldBy(registry: Registry, { kind, id, from, content }: PlannedMove): Promise<string | null> {
  if (from === null) return null
  const [head, back] = await Promise.all([
    registry.head(kind, id),
    content === null ? undefined : registry.revision(kind, id, content),
  ])
  const live = head?.liveDigest ?? null
  if (!head || live === null || live === back?.digest || findHold(head, live)) return null
  return live
}
