/** A whole commit SHA of git, in lower case: 40 hex digits, or 64 in a SHA-256 repository. */
export const COMMIT_SHA = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/

/** Stands where a commit's SHA would, for a publish from outside of git. It is always dirty. */
export const UNCOMMITTED = 'uncommitted'

/**
 * The greatest rank that is believed: no first-parent history is that long. The database counts ranks in 32 bits, so it
 * is also far from where they would overflow. SQL holds the same number in `registry_check_commit`.
 */
export const MAX_RANK = 10_000_000

/** Tells whether a commit names a SHA, or says openly that it has none. */
export function namesCommit({ sha, dirty }: { sha: string; dirty: boolean }): boolean {
  return COMMIT_SHA.test(sha) || (sha === UNCOMMITTED && dirty)
}
