import { Failure } from '../../contract/failure.ts'
import { nameOf } from '../../contract/name.ts'
import type { Registry } from './registry.ts'
import type { Revision } from './revision.ts'
import { requireContent } from './withdrawn.ts'

/** @throws Failure NOT_FOUND if the version does not exist, WITHDRAWN if its content was deleted */
export async function findRevision(
  registry: Pick<Registry, 'revision'>,
  kind: string,
  id: string,
  version: number,
): Promise<Revision> {
  const revision = await registry.revision(kind, id, version)
  if (revision) return requireContent(revision)
  throw new Failure(
    'NOT_FOUND',
    `${nameOf({ kind, id })} has no version ${version}`,
    `see: nofx registry history ${nameOf({ kind, id })}`,
  )
}
