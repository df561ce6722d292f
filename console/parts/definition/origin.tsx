import type { Definition } from '../../data/queries.ts'
import { CommitLink } from '../words/commit-link.tsx'
import { Foreign } from '../words/foreign.tsx'

type Made = Pick<Definition, 'origin' | 'actor' | 'reason' | 'commitSha' | 'dirty' | 'manifest'>

/** What made a version, who and why, and from which commit; who and why are for publishers. */
export function Origin({ made: { origin, actor, reason, commitSha, dirty, manifest } }: { made: Made }) {
  return (
    <>
      <span>
        {ORIGINS[origin]}
        {actor && (
          <>
            {' by '}
            <Foreign text={actor} />
          </>
        )}
        {reason && (
          <>
            {': “'}
            <Foreign text={reason} />”
          </>
        )}
      </span>
      {commitSha && (
        <span>
          commit <CommitLink sha={commitSha} repository={manifest.repository} />
          {dirty && ', with files that were not committed'}
        </span>
      )}
    </>
  )
}

const ORIGINS: Readonly<Record<Definition['origin'], string>> = {
  publish: 'Published',
  rollback: 'Rolled back',
  remove: 'Removed',
  promote: 'Promoted',
  undelete: 'Undeleted',
  rebase: 'Published again after a rewrite of the commits',
  disable: 'Disabled',
  enable: 'Enabled',
}
