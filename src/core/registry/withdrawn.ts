import { Failure } from '../../contract/failure.ts'
import { nameOf } from '../../contract/name.ts'
import type { RevisionSummary } from './revision.ts'

/** @throws Failure WITHDRAWN if the revision's content was deleted */
export function requireContent<R extends RevisionSummary>(revision: R): R {
  if (revision.withdrawn) throw withdrawnFailure(revision, revision.withdrawn.reason)
  return revision
}

/** The failure for withdrawn content. `reason` is for publishers; readers get everything else. */
export function withdrawnFailure(
  revision: Pick<RevisionSummary, 'kind' | 'id' | 'version'>,
  reason?: string,
): Failure {
  const why = reason ? `: ${reason.replaceAll(/\s+/g, ' ')}` : ''
  return new Failure(
    'WITHDRAWN',
    `version ${revision.version} of ${nameOf(revision)} was withdrawn${why}`,
    `choose another version: nofx registry history ${nameOf(revision)}`,
  )
}
