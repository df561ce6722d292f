import { useParams } from 'wouter-preact'
import type { Definition } from '../data/queries.ts'
import { useVersion } from '../data/version.ts'
import { buildCommand } from '../model/moves/shell-command.ts'
import { DefinitionContent } from '../parts/definition/definition-content.tsx'
import { DefinitionPage } from '../parts/definition/definition-page.tsx'
import { VersionHead } from '../parts/definition/version-head.tsx'
import { ProblemView } from '../parts/states/problem.tsx'
import { Skeleton } from '../parts/states/skeleton.tsx'

/** A definition as it was at a version, live or not. */
export default function VersionPage() {
  const version = Number(useParams<{ version: string }>().version)
  return (
    <DefinitionPage
      tab="/history"
      command={({ kind, id }, { env }) =>
        buildCommand(['nofx', 'registry', 'show', `${kind}/${id}`], { version: String(version), env })
      }
    >
      {(definition, { env }) => <OneVersion definition={definition} version={version} env={env} />}
    </DefinitionPage>
  )
}

interface OneVersionProps {
  definition: Definition
  version: number
  env: string | undefined
}

function OneVersion({ definition, version, env }: OneVersionProps) {
  const { kind, id } = definition
  const { data, error, refetch, isPlaceholderData } = useVersion({ kind, id, version, env })
  if (error) return <ProblemView error={error} retry={() => refetch()} />
  if (!data) return <Skeleton />
  return (
    <div class={isPlaceholderData ? 'is-behind' : undefined}>
      <VersionHead definition={definition} shown={data.body} env={env} />
      <DefinitionContent content={data.body} />
    </div>
  )
}
