import {
  FEW_HEADS,
  type HeadsPlace,
  type KnownHeads,
  keepHeads,
  type MovedHeads,
  mergeHeads,
  readKnownHeads,
} from './kept-heads.ts'
import type { Head, HeadsAnswer } from './registry.ts'

/** How many heads of a kind there are, and the sum of their stamps. */
export interface KindSum {
  kind: string
  count: number
  sum: string
}

/** What the heads of some kinds add up to for a reader (`HeadsAnswer`). */
export function addUp({ reader }: HeadsPlace, kinds: readonly KindSum[]): string {
  return JSON.stringify([...reader, ...kinds.map(({ kind, count, sum }) => [kind, count, sum])])
}

/** The heads of one kind in an answer. */
export type HeadsOfKind = MovedHeads & { kind: string }

/** What the registry answers about what moved since some events. */
export interface SinceAnswer {
  seq: number
  mark: string | null
  kinds: HeadsOfKind[]
}

/**
 * The port's answer made of what moved since the kept heads, which are not read before the caller wants heads.
 * @param readAll reads all heads of the kinds whose kept heads do not prove to be what the registry has
 */
export function answerFromHeads(
  keep: HeadsPlace,
  kinds: readonly string[],
  answer: SinceAnswer,
  readAll: (kinds: readonly string[]) => Promise<ReadonlyMap<string, readonly Head[]>>,
): HeadsAnswer {
  const read = async () => {
    const heads = mergeAnswer(keep, answer)
    const unproven = [...new Set(kinds)].filter((kind) => !heads.has(kind))
    if (unproven.length > 0) for (const [kind, all] of await readAll(unproven)) heads.set(kind, all)
    return kinds.flatMap((kind) => heads.get(kind) ?? [])
  }
  return { sum: addUp(keep, answer.kinds), read }
}

/**
 * The heads of each kind, if they are proven. An answer with all heads is taken as it is, but kept only if it is proven.
 */
export function mergeAnswer(
  keep: HeadsPlace,
  { seq, mark, kinds }: SinceAnswer,
): Map<string, readonly Head[]> {
  const heads = new Map<string, readonly Head[]>()
  for (const { kind, ...moved } of kinds) {
    const before: KnownHeads = moved.whole ? new Map() : readKnownHeads(keep, kind, moved.count)
    const merged = mergeHeads(before, moved)
    if (merged) heads.set(kind, sortById(Array.from(merged.values(), (one) => one.head)))
    else if (moved.whole) heads.set(kind, moved.heads)
    if (merged && mark !== null && (moved.whole || moved.heads.length > FEW_HEADS))
      keepHeads(keep, kind, { seq, mark }, merged)
  }
  return heads
}

/** Ids are ASCII, which the database sorts by their bytes. */
function sortById(heads: Head[]): Head[] {
  return heads.sort((one, other) => (one.id < other.id ? -1 : 1))
}
