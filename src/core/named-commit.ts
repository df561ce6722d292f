import { COMMIT_SHA, MAX_RANK } from './contract/commit.ts'
import type { Commit } from './contract/sync.ts'
import { Failure } from './failure.ts'

/**
 * The commit that `--commit` and `--rank` name.
 * @param sha in any case; the registry keeps it in lower case
 * @throws Failure USAGE for a SHA that is not whole, and for a rank that no history has
 */
export function namedCommit(sha: string, rank: number): Commit {
  const lower = sha.toLowerCase()
  if (!COMMIT_SHA.test(lower))
    throw new Failure(
      'USAGE',
      `--commit "${sha.slice(0, 80)}" is not a whole commit SHA`,
      'give its 40 hex digits (64 with SHA-256): git rev-parse HEAD',
    )
  if (!Number.isInteger(rank) || rank < 0 || rank > MAX_RANK)
    throw new Failure(
      'USAGE',
      `--rank ${rank} is not the height of a commit: 0 to ${MAX_RANK}`,
      'give the first-parent height of the commit: git rev-list --count --first-parent HEAD',
    )
  return { sha: lower, rank, dirty: false }
}
