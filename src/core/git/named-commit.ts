import { COMMIT_SHA, MAX_RANK } from '../../contract/commit.ts'
import { Failure } from '../../contract/failure.ts'
import { countHeight, findCommit, type GitPlace } from './git-place.ts'

/** A commit as a user names it. */
export interface NamedCommit {
  /** At least seven characters of its SHA. */
  sha: string
  /** Its height above the first commit. */
  rank: number
}

/** A SHA abbreviated as git accepts it in a clone that has the commit. */
const PART_OF_SHA = /^[0-9a-f]{7,64}$/

/**
 * The commit in the options of a publish.
 * @throws Failure USAGE
 */
export function requireNamed({ commit, rank }: { commit?: string; rank?: number }): NamedCommit {
  if (commit === undefined || rank === undefined)
    throw new Failure('USAGE', '--commit and --rank go together', 'give both, or neither to ask git')
  if (!Number.isInteger(rank) || rank < 0 || rank > MAX_RANK)
    throw new Failure(
      'USAGE',
      `--rank ${rank} is not the height of a commit: 0 to ${MAX_RANK}`,
      'give what this prints: git rev-list --count --first-parent HEAD',
    )
  if (PART_OF_SHA.test(commit)) return { sha: commit, rank }
  throw new Failure('USAGE', `"${commit}" is not a commit SHA`, 'give what this prints: git rev-parse HEAD')
}

/**
 * A commit that no clone can complete.
 * @throws Failure USAGE for a part of a SHA
 */
export function requireWhole(namedCommit: NamedCommit): NamedCommit {
  if (COMMIT_SHA.test(namedCommit.sha)) return namedCommit
  const message = `outside of git, "${namedCommit.sha}" is not a whole commit SHA`
  throw new Failure('USAGE', message, 'give all 40 characters, as git rev-parse prints them')
}

/**
 * The whole SHA of a commit that the user named: it must exist and have that height, as far as this clone knows.
 * @throws Failure NO_COMMIT
 */
export async function findNamed(place: GitPlace, namedCommit: NamedCommit): Promise<string> {
  const sha = await findCommit(place, namedCommit.sha)
  if (sha === undefined)
    throw new Failure(
      'NO_COMMIT',
      `this repository has no commit ${namedCommit.sha}`,
      'fetch it, or name one that is here',
    )
  const height = await countHeight(place, sha)
  const fits = place.shallow ? namedCommit.rank >= height : namedCommit.rank === height
  if (!fits)
    throw new Failure(
      'NO_COMMIT',
      `commit ${sha.slice(0, 12)} has the rank ${height}, not ${namedCommit.rank}`,
      `leave out --commit and --rank, or give the rank that this prints: git rev-list --count --first-parent ${sha.slice(0, 12)}`,
    )
  return sha
}
