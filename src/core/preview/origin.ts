import { Failure } from '../../contract/failure.ts'
import { currentBranch } from '../git/git.ts'

/** The default origin of a preview: the ref of the GitHub Actions job, otherwise the branch checked out in `root`. */
export async function readOrigin(root: string, env: NodeJS.ProcessEnv): Promise<string> {
  const { GITHUB_REPOSITORY: repository, GITHUB_REF: ref } = env
  if (repository && ref) return `${repository}#${ref}`
  const branch = await currentBranch(root)
  return branch === undefined ? 'local' : `local#${branch}`
}

/**
 * The URL of a preview in an HTTP API: `https://registry.example.com/api/agents?env=pr-123`.
 * @param api URL of the deployment, with or without `/api`
 * @throws Failure USAGE if `api` is not a URL
 */
export function urlOfPreview(name: string, api: string): string {
  if (!/^https?:\/\//.test(api) || !URL.canParse(api))
    throw new Failure('USAGE', `"${api}" is not an API URL`, 'write it as https://registry.example.com')
  return `${api.replace(/\/+$/, '').replace(/\/api$/, '')}/api/agents?env=${name}`
}
