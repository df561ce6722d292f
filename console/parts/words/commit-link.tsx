import { linkCommit } from '../../model/texts/commit-link.ts'

/** A commit, linked where its host has pages for commits. */
export function CommitLink({ sha, repository }: { sha: string; repository?: unknown }) {
  const isObject = typeof repository === 'object' && repository !== null && 'url' in repository
  const url = linkCommit(isObject ? repository.url : repository, sha)
  const short = <code>{sha.slice(0, 8)}</code>
  if (!url) return <span title={sha}>{short}</span>
  return (
    <a href={url} rel="noopener noreferrer nofollow" title={url}>
      {short}
    </a>
  )
}
