import type { Definition } from '../data/queries.ts'
import { linkCommit } from '../model/commit-link.ts'
import { Foreign } from './foreign.tsx'
import { Heading } from './heading.tsx'
import { Link } from './link.tsx'
import { Status } from './status.tsx'
import { Time } from './time.tsx'

const TABS = [
  ['', 'Overview'],
  ['/history', 'History'],
  ['/diff', 'Diff'],
] as const

/** The head of every page of one definition: what it is, what is live, since when, and the ways on. */
export function DefinitionHeading({ definition, tab }: { definition: Definition; tab: string }) {
  const { kind, id, metadata } = definition
  return (
    <div class="definition-heading">
      <Heading title={`${id} · ${kind}`}>
        <Foreign text={id} />
      </Heading>
      <p class="line">
        <Foreign text={metadata.name} />
        <span class="soft">{kind}</span>
        <Status state={definition.status} />
        <LiveSince definition={definition} />
      </p>
      <Origin definition={definition} />
      <nav class="tabs" aria-label="Views of this definition">
        {TABS.map(([path, name]) => (
          <Link key={path} to={`/${kind}/${id}${path}`} current={tab === path}>
            {name}
          </Link>
        ))}
      </nav>
    </div>
  )
}

function LiveSince({
  definition: { live, version, declaredVersion, updatedAt },
}: {
  definition: Definition
}) {
  if (!live)
    return (
      <span>
        v{version} <span class="soft">is not live</span>
      </span>
    )
  return (
    <span>
      live <strong>v{version}</strong>
      {declaredVersion && (
        <span class="soft">
          {' '}
          (<Foreign text={declaredVersion} />)
        </span>
      )}{' '}
      <span class="soft">
        since <Time iso={updatedAt} />
      </span>
    </span>
  )
}

function Origin({ definition }: { definition: Definition }) {
  const { origin, commitSha } = definition
  return (
    <p class="line soft">
      <span>{ORIGINS[origin] ?? origin}</span>
      {commitSha && (
        <span>
          commit <CommitLink sha={commitSha} repository={definition.manifest.repository} />
        </span>
      )}
    </p>
  )
}

const ORIGINS: Readonly<Record<string, string>> = {
  publish: 'Published',
  rollback: 'Rolled back',
  promote: 'Promoted',
  undelete: 'Undeleted',
  disable: 'Disabled',
  enable: 'Enabled',
}

/** A commit, linked where its host has pages for commits. */
export function CommitLink({ sha, repository }: { sha: string; repository?: unknown }) {
  const url = linkCommit(
    typeof repository === 'object' && repository ? (repository as { url?: unknown }).url : repository,
    sha,
  )
  const short = <code>{sha.slice(0, 8)}</code>
  if (!url) return <span title={sha}>{short}</span>
  return (
    <a href={url} rel="noopener noreferrer nofollow" title={url}>
      {short}
    </a>
  )
}
