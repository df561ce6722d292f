import { byName, nameOf } from '../../contract/name.ts'
import type { Head, Registry } from '../registry/registry.ts'
import type { Revision } from '../registry/revision.ts'
import type { PlanItem } from './publish-plan.ts'

/** The most revisions in one part: with their texts, those of 100,000 definitions are more than a command may take of the memory. */
export const REVISIONS_IN_PART = 200

/** Some definitions of a plan, and the revisions that were read for them. */
export interface PlanPart {
  items: readonly PlanItem[]
  /** By name. */
  revisions: ReadonlyMap<string, Revision>
}

/**
 * What the definitions of a plan are compared with: the version that readers see, if the definition goes live over a
 * draft, else the newest one. Definitions without such content are left out. The versions are those of the heads that the
 * plan was made with, so that those of a part are read at once.
 */
export function readBefore(
  items: readonly PlanItem[],
  heads: readonly Head[],
  registry: Pick<Registry, 'revisions'>,
): AsyncIterable<PlanPart> {
  const headByName = items.length > 0 ? byName(heads) : new Map<string, Head>()
  return readInParts(items, (item) => versionBefore(item, headByName.get(nameOf(item))), registry)
}

/**
 * Reads a version of each definition of a plan, if `findVersion` names one. The first part is asked for immediately, and each
 * other one while the part before it is used.
 */
export function readInParts(
  items: readonly PlanItem[],
  findVersion: (item: PlanItem) => number | undefined,
  registry: Pick<Registry, 'revisions'>,
): AsyncIterable<PlanPart> {
  // All at once, so that nothing else is in memory for it.
  const versionOf = items.map(findVersion)
  const readPart = (at: number): Promise<PlanPart> | undefined => {
    const some = items.slice(at, at + REVISIONS_IN_PART)
    if (some.length === 0) return undefined
    const versions = some.flatMap(({ kind, id }, nth) => {
      const version = versionOf[at + nth]
      return version === undefined ? [] : [{ kind, id, version }]
    })
    const reading = versions.length > 0 ? registry.revisions(versions) : Promise.resolve([])
    const part = reading.then((all) => ({ items: some, revisions: byName(all) }))
    // Who takes the part hears of its failure.
    part.catch(() => {})
    return part
  }
  return takeParts(readPart(0), (nth) => readPart(nth * REVISIONS_IN_PART))
}

async function* takeParts(
  first: Promise<PlanPart> | undefined,
  read: (nth: number) => Promise<PlanPart> | undefined,
): AsyncGenerator<PlanPart> {
  let pending = first
  for (let nth = 1; pending; nth++) {
    const part = await pending
    pending = read(nth)
    yield part
  }
}

/** The version that one definition of a plan is compared with; undefined if there is no such content. */
export function versionBefore({ draft, liveVersion }: PlanItem, head: Head | undefined): number | undefined {
  return !draft && liveVersion !== undefined ? liveVersion : newestVersion(head)
}

/** The newest version that still has content; undefined for a new or a removed definition. */
export function newestVersion(head: Head | undefined): number | undefined {
  return head && head.state !== 'removed' ? head.latestVersion : undefined
}
