import { denied } from '../http/refusal.ts'
import type { Job } from './identity-policy.ts'
import type { Principal } from './principal.ts'

interface Claimed {
  sha?: string | undefined
  ref?: string | undefined
}

const PULL_REQUEST = /^pull_request(_target)?$/

/**
 * Checks that a CI job names the commit and the ref of its token.
 * For a pull request the token has the merge that GitHub made, while a job may check out the branch's own commit: there
 * the SHA is compared only when it gets a place in production's order. Previews and reports have no such order.
 * @param ordered whether the commit is published in production
 * @throws Refusal 403
 */
export function requireOwnCommit({ job }: Principal, claimed: Claimed, ordered: boolean): void {
  if (!job) return
  const free = !ordered && PULL_REQUEST.test(job.event)
  if (claimed.sha !== undefined && claimed.sha !== job.sha && !free)
    throw denied(
      403,
      `the identity token is for ${job.sha ? `the commit ${job.sha.slice(0, 12)}` : 'no commit'}, not for ${claimed.sha.slice(0, 12)}`,
      'publish the commit that the job runs for; a commit that the job makes is published by a run of its own',
    )
  // Without this claim the token does not prove the branch of a pull request.
  if (free && job.headRef === undefined) return
  if (claimed.ref !== undefined && !listRefs(job).includes(claimed.ref))
    throw denied(
      403,
      `the identity token is for ${job.ref}, not for "${claimed.ref.slice(0, 100)}"`,
      'check out the branch or tag that the job runs for',
    )
}

/** The branch or tag in the form that histories show. */
export function shortRef(ref: string): string {
  return ref.replace(/^refs\/(heads|tags)\//, '')
}

/** The names of the ref that a job runs for, the branch of a pull request included. */
function listRefs({ ref, headRef, event }: Job): string[] {
  return [ref, shortRef(ref), ...(headRef && PULL_REQUEST.test(event) ? [headRef] : [])]
}
