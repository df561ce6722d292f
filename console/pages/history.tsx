import type { Moment } from '../data/moment.ts'
import { type Definition, useVersions } from '../data/queries.ts'
import { buildCommand } from '../model/moves/shell-command.ts'
import { DefinitionPage } from '../parts/definition/definition-page.tsx'
import { VersionTable } from '../parts/definition/version-table.tsx'
import { ProblemView } from '../parts/states/problem.tsx'
import { Skeleton } from '../parts/states/skeleton.tsx'

/** The command that prints the same; in the past, the one that names what was live then. */
const commandOf = ({ kind, id }: Definition, { env, at }: Moment) =>
  buildCommand(['nofx', 'registry', 'history', kind, id], { at, env })

/** The versions of a definition, newest first; two of them are compared. */
export default function History() {
  return (
    <DefinitionPage tab="/history" command={commandOf}>
      {(definition, moment) => <Versions definition={definition} moment={moment} />}
    </DefinitionPage>
  )
}

function Versions({ definition, moment }: { definition: Definition; moment: Moment }) {
  const { kind, id } = definition
  const versions = useVersions(kind, id, moment)
  const { data, error, refetch } = versions
  const rows = data?.pages.flatMap(({ body }) => body.items)
  return (
    <div class={versions.isPlaceholderData ? 'is-behind' : undefined}>
      {error && <ProblemView error={error} retry={() => refetch()} />}
      {rows ? <VersionTable rows={rows} definition={definition} /> : !error && <Skeleton />}
      {versions.hasNextPage && (
        <p class="actions">
          <button type="button" onClick={() => versions.fetchNextPage()}>
            Show older versions
          </button>
        </p>
      )}
    </div>
  )
}
