import { byName, nameOf } from '../../contract/name.ts'
import type { Head, Registry } from '../registry/registry.ts'
import type { Revision } from '../registry/revision.ts'
import type { PlanItem } from './publish-plan.ts'

/**
 * What the definitions of a plan are compared with, by name: the version that readers see, if the definition goes live
 * over a draft, else the newest one. Definitions without such content are left out. The versions are those of the heads
 * that the plan was made with, so that all of them are read at once.
 */
export async function readBefore(
  items: readonly PlanItem[],
  heads: readonly Head[],
  registry: Pick<Registry, 'revisions'>,
): Promise<Map<string, Revision>> {
  const headByName = byName(heads)
  const versions = items.flatMap((item) => {
    const { kind, id } = item
    const version = versionBefore(item, headByName.get(nameOf(item)))
    return version === undefined ? [] : [{ kind, id, version }]
  })
  return byName(versions.length > 0 ? await registry.revisions(versions) : [])
}

/** The version that one definition of a plan is compared with; undefined if there is no such content. */
export function versionBefore({ draft, liveVersion }: PlanItem, head: Head | undefined): number | undefined {
  return !draft && liveVersion !== undefined ? liveVersion : newestVersion(head)
}

/** The newest version that still has content; undefined for a new or a removed definition. */
export function newestVersion(head: Head | undefined): number | undefined {
  return head && head.state !== 'removed' ? head.latestVersion : undefined
}
