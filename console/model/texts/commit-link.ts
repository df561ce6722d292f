const PATHS: Readonly<Record<string, (repository: string, sha: string) => string>> = {
  'github.com': (repository, sha) => `${repository}/commit/${sha}`,
  'gitlab.com': (repository, sha) => `${repository}/-/commit/${sha}`,
  'bitbucket.org': (repository, sha) => `${repository}/commits/${sha}`,
  'codeberg.org': (repository, sha) => `${repository}/commit/${sha}`,
}

/**
 * The page of a commit, for hosts whose paths are known.
 * @param repository as the manifest names it: a foreign text
 * @returns undefined when the repository is not an `https://` URL on such a host
 */
export function linkCommit(repository: unknown, sha: string): string | undefined {
  if (typeof repository !== 'string' || !URL.canParse(repository)) return undefined
  const { protocol, host, pathname, username } = new URL(repository)
  const path = PATHS[host]
  if (protocol !== 'https:' || username !== '' || !path || !/^[0-9a-f]{7,64}$/.test(sha)) return undefined
  const trimmed = pathname.replace(/\/$/, '').replace(/\.git$/, '')
  return /^(\/[\w.-]+){2,}$/.test(trimmed) ? path(`https://${host}${trimmed}`, sha) : undefined
}
