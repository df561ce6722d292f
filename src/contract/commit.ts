/** A full commit SHA of git, in lower case: 40 hex digits, or 64 in a SHA-256 repository. */
export const COMMIT_SHA = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/

/** Replaces a commit's SHA in a publish from outside of git. Such a publish is always dirty. */
export const UNCOMMITTED = 'uncommitted'

/**
 * The greatest rank that is accepted. No first-parent history is that long, and the database's 32-bit ranks are far
 * from overflowing. `registry_check_commit` in SQL has the same number.
 */
export const MAX_RANK = 10_000_000

/** True for a commit that has a SHA, or that is marked as dirty and uncommitted. */
export function namesCommit({ sha, dirty }: { sha: string; dirty: boolean }): boolean {
  return COMMIT_SHA.test(sha) || (sha === UNCOMMITTED && dirty)
}
