import { storableText } from '../../contract/protocol/reports.ts'
import { gitHead } from '../git/git.ts'

type Env = Record<string, string | undefined>

/** Where a check ran, as far as git and CI variables show. */
export interface Whereabouts {
  /** `ref`: the branch or tag. */
  commit: { sha?: string; ref?: string }
  pullRequest?: number
}

/** The branch or tag of a GitHub Actions job. */
export function refOfJob({ GITHUB_HEAD_REF, GITHUB_REF = '' }: Env): string | undefined {
  const ref = GITHUB_HEAD_REF || /^refs\/(?:heads|tags)\/(.+)$/.exec(GITHUB_REF)?.[1]
  return ref && storableText(ref, 255)
}

/** For a pull request GitHub checks out a merge commit without a branch, so its variables are more exact than git. */
export async function findWhereabouts(root: string, env: Env): Promise<Whereabouts> {
  const { sha, branch } = await gitHead(root)
  const ref = refOfJob(env) ?? branch
  const pull = Number(/^refs\/pull\/([1-9]\d{0,8})\//.exec(env.GITHUB_REF ?? '')?.[1] ?? 0)
  return {
    commit: { ...(sha ? { sha } : {}), ...(ref ? { ref } : {}) },
    ...(pull ? { pullRequest: pull } : {}),
  }
}
