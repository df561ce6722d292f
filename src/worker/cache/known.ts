import * as z from 'zod'

const knownShape = z.object({
  head: z.union([
    z.object({
      state: z.enum(['active', 'deprecated', 'draft']),
      version: z.int().positive(),
      digest: z.string(),
    }),
    z.object({ state: z.enum(['removed', 'disabled']) }),
  ]),
  /** When this was known to be so, by the registry's clock: shown, and never an order. */
  asOf: z.iso.datetime(),
  /** The last event that it takes into account; 0 for what may be of a history that the registry no longer has. */
  seq: z.int().min(0),
  /** What no event with that number of another history has, where it was told. */
  mark: z.string().optional(),
})
export const indexShape = z.record(z.string(), knownShape)

/** What was last known of a definition. */
export type Known = z.infer<typeof knownShape>

/**
 * Whether `one` is news beside what the folder has. The registry's numbers say so and no clock does: they follow the
 * order of its releases. Of two reads with one number the higher version was read later, unless the numbers are of two
 * histories: then what is told now is of the present one.
 */
export function isLater(one: Known, other: Known | undefined): boolean {
  if (!other || one.seq !== other.seq) return !other || one.seq > other.seq
  if (one.mark && other.mark && one.mark !== other.mark) return true
  return versionOf(one) >= versionOf(other)
}

/**
 * What was known before the registry said that its last event is `cursor`, and counts from beyond it: the registry was
 * restored from a backup, and has no such history any more. It stays as the last that is known, and everything that is
 * read from now on is later.
 */
export function settled(known: ReadonlyMap<string, Known>, cursor: number): Map<string, Known> {
  const lost = [...known].filter(([, { seq }]) => seq > cursor)
  return new Map(lost.map(([key, one]) => [key, { ...one, seq: 0 }]))
}

/** Whether both say the same of a definition. */
export function isSame(one: Known | undefined, other: Known | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

/** What is gone has no version, and is as late as the highest. */
function versionOf({ head }: Known): number {
  return 'version' in head ? head.version : Number.POSITIVE_INFINITY
}
