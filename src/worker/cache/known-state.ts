import * as z from 'zod'

const stateShape = z.object({
  head: z.union([
    z.object({
      state: z.enum(['active', 'deprecated', 'draft']),
      version: z.int().positive(),
      digest: z.string(),
    }),
    z.object({ state: z.enum(['removed', 'disabled']) }),
  ]),
  /** When this state was confirmed, by the registry's clock. It is only shown; it never decides an order. */
  asOf: z.iso.datetime(),
  /** The last event that the state includes; 0 if the state may come from a history that the registry no longer has. */
  seq: z.int().min(0),
  /** The mark of that event, which differs in another history; missing if the registry did not give it. */
  mark: z.string().optional(),
})
export const indexShape = z.record(z.string(), stateShape)

/** The last known state of a definition. */
export type KnownState = z.infer<typeof stateShape>

/**
 * Whether `one` replaces the entry `other` of the folder. The registry's event numbers decide, not a clock, because they
 * follow the order of its releases. Of two reads with one number, the one with the higher version was read later, unless
 * the marks show two histories: then `one`, which was just read, belongs to the present history.
 */
export function isLater(one: KnownState, other: KnownState | undefined): boolean {
  if (!other || one.seq !== other.seq) return !other || one.seq > other.seq
  if (one.mark && other.mark && one.mark !== other.mark) return true
  return versionOf(one) >= versionOf(other)
}

/**
 * The states with event numbers above `cursor`, the registry's last event: the registry was restored from a backup, and
 * their history is lost. They remain as the last known states, and every state that is read from now on replaces them.
 */
export function settled(states: ReadonlyMap<string, KnownState>, cursor: number): Map<string, KnownState> {
  const dropped = [...states].filter(([, { seq }]) => seq > cursor)
  return new Map(dropped.map(([key, one]) => [key, { ...one, seq: 0 }]))
}

/** Whether two states are equal. */
export function isSame(one: KnownState | undefined, other: KnownState | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

/** A removed or disabled definition has no version and counts as the highest. */
function versionOf({ head }: KnownState): number {
  return 'version' in head ? head.version : Number.POSITIVE_INFINITY
}
