import type { Definition } from '../../data/queries.ts'
import { useSession } from '../../data/session.ts'
import { useKind } from '../../data/use-kind.ts'
import { DefinitionMoves } from '../moves/definition-moves.tsx'
import { Heading } from '../shell/heading.tsx'
import { Foreign } from '../words/foreign.tsx'
import { Link } from '../words/link.tsx'
import { Status } from '../words/status.tsx'
import { Time } from '../words/time.tsx'
import { Origin } from './origin.tsx'

/** The head of every page of one definition: what it is, what is live, since when, and the ways on. */
export function DefinitionHeading({ definition, tab }: { definition: Definition; tab: string }) {
  const { kind, id, metadata, latestVersion } = definition
  const { canInstantiate, hasGraph } = useKind(kind) ?? {}
  const tabs = [
    ['', 'Overview', undefined],
    ['/history', 'History', latestVersion],
    ['/diff', 'Diff', undefined],
    ['/links', 'Links', undefined],
    ...(hasGraph ? [['/graph', 'Graph', undefined] as const] : []),
    ...(canInstantiate ? [['/instantiate', 'Make a plan', undefined] as const] : []),
  ] as const
  return (
    <div class="definition-heading">
      <div class="heading-row">
        <Heading title={`${id} · ${kind}`}>
          <Foreign text={id} />
        </Heading>
        <DefinitionMoves definition={definition} />
      </div>
      <p class="line">
        <Foreign text={metadata.name} />
        <span class="soft">{kind}</span>
        <Status state={definition.status} />
        <LiveSince definition={definition} />
      </p>
      <Beside definition={definition} />
      <nav class="tabs" aria-label="Views of this definition">
        {tabs.map(([path, name, count]) => (
          <Link key={path} to={`/${kind}/${id}${path}`} class="tab" current={tab === path}>
            {name}
            {count !== undefined && <span class="soft count">{count}</span>}
          </Link>
        ))}
        {kind === 'templates' && <RunsTab id={id} />}
      </nav>
    </div>
  )
}

/** The runs of a template, where the registry sees runs. */
function RunsTab({ id }: { id: string }) {
  const { publisher, features } = useSession()
  if (!publisher || !features.includes('runs')) return null
  return (
    <Link to={`/runs?template=${id}`} class="tab">
      Runs
    </Link>
  )
}

function LiveSince({
  definition: { live, version, declaredVersion, liveSince, until },
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
      {liveSince && (
        <span class="soft">
          {until === undefined ? 'since' : 'from'} <Time iso={liveSince} />
          {until && (
            <>
              {' until '}
              <Time iso={until} />
            </>
          )}
        </span>
      )}
    </span>
  )
}

/** What made the version, and what waits or is held beside it. */
function Beside({ definition }: { definition: Definition }) {
  const { kind, id, draftVersion, version, held = [] } = definition
  return (
    <p class="line soft">
      <Origin made={definition} />
      {draftVersion && draftVersion !== version && (
        <Link to={`/${kind}/${id}/diff?from=${version}&to=${draftVersion}`} class="is-attention">
          draft v{draftVersion} waits
        </Link>
      )}
      {held.length > 0 && (
        <span class="is-attention">held: {held.map((digest) => digest.slice(0, 8)).join(', ')}</span>
      )}
    </p>
  )
}
