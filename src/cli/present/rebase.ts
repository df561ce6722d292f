import type { ChalkInstance } from 'chalk'
import type { Commit, ReleaseResult } from '../../contract/protocol/sync.ts'
import { presentRelease } from './release.ts'

/** The result of a rebase, with the replaced range of ranks; or that every definition has a valid rank already. */
export function presentRebase(
  result: ReleaseResult,
  commit: Commit,
  label: string,
  paint: ChalkInstance,
): string {
  const at = `commit ${commit.sha.slice(0, 12)}, rank ${commit.rank}`
  if (result.outcomes.length === 0) return `Nothing to do: no definition is above ${at} (${label}).`
  const before = result.outcomes.flatMap(({ rank }) => (rank ? [rank.from] : [])).sort((a, b) => a - b)
  const [least = 0, most = least] = [before[0], before.at(-1)]
  const was = least === most ? `${most}` : `${least} to ${most}`
  const begins = result.dryRun ? 'would start' : 'starts'
  return `The order of commits ${begins} again at ${at}; the rank was ${was}.\n${presentRelease(result, label, paint)}`
}
