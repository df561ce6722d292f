import { inParallel } from './in-parallel.ts'
import { findHold } from './registry/hold.ts'
import type { Head, Registry } from './registry/registry.ts'

/** Histories that are read at once. */
const AT_ONCE = 8

/** Ways in which new content comes into the registry; a rollback repeats content that was there. */
const ARRIVALS: readonly string[] = ['publish', 'promote', 'rebase']

/**
 * The heads whose newest published content is held, so that the files in git differ from what is live. `GET /api/{kind}`
 * filters by `held` in the same way. Only histories of definitions that have a hold are read.
 */
export async function keepHeld(heads: readonly Head[], registry: Pick<Registry, 'history'>): Promise<Head[]> {
  const present = heads.filter(({ hold, state }) => hold.length > 0 && state !== 'removed')
  const marks = await inParallel(present, AT_ONCE, async (head) => {
    const history = await registry.history(head.kind, head.id)
    const newest = history.find(({ origin }) => ARRIVALS.includes(origin))
    return newest !== undefined && findHold(head, newest.digest) !== undefined
  })
  return present.filter((_head, at) => marks[at])
}
