import { useParams } from 'wouter-preact'
import { useMoment } from '../data/moment.ts'
import { useDefinition, useVersions } from '../data/queries.ts'
import { DefinitionHeading } from '../parts/definition/definition-heading.tsx'
import { VersionTable } from '../parts/definition/version-table.tsx'
import { Pending } from '../parts/states/pending.tsx'
import { ProblemView } from '../parts/states/problem.tsx'
import { Skeleton } from '../parts/states/skeleton.tsx'
import { Command } from '../parts/words/copy.tsx'

/** The versions of a definition, newest first; two of them are compared. */
export default function History() {
  const { kind = '', id = '' } = useParams<{ kind: string; id: string }>()
  const moment = useMoment()
  const definition = useDefinition(kind, id, moment)
  const versions = useVersions(kind, id, moment)
  const error = definition.error ?? versions.error
  const retry = () => Promise.all([definition.refetch(), versions.refetch()])
  if (!definition.data) return <Pending title={id} error={error} retry={retry} />
  const rows = versions.data?.pages.flatMap(({ body }) => body.items)
  return (
    <div class={versions.isPlaceholderData ? 'page is-behind' : 'page'}>
      {error && <ProblemView error={error} retry={retry} />}
      <DefinitionHeading definition={definition.data.body} tab="/history" />
      {rows ? <VersionTable rows={rows} definition={definition.data.body} /> : !error && <Skeleton />}
      {versions.hasNextPage && (
        <p class="actions">
          <button type="button" onClick={() => versions.fetchNextPage()}>
            Show older versions
          </button>
        </p>
      )}
      <p class="page-foot">
        <Command text={`nofx registry history ${kind} ${id}`} />
      </p>
    </div>
  )
}
