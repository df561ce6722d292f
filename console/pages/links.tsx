import { useSearch } from 'wouter-preact'
import { useLinks } from '../data/links.ts'
import type { Moment } from '../data/moment.ts'
import type { Definition } from '../data/queries.ts'
import { plural } from '../model/texts/plural.ts'
import { DefinitionPage } from '../parts/definition/definition-page.tsx'
import { LinkTables } from '../parts/links/link-tables.tsx'
import { LinksPicture } from '../parts/links/links-picture.tsx'
import { VersionChoice } from '../parts/links/version-choice.tsx'
import { ProblemView } from '../parts/states/problem.tsx'
import { Skeleton } from '../parts/states/skeleton.tsx'
import { Foreign } from '../parts/words/foreign.tsx'

/** What a definition needs, and who needs it: how far a change reaches. */
export default function LinksPage() {
  return (
    <DefinitionPage tab="/links">
      {(definition, moment) => <LinksOf definition={definition} moment={moment} />}
    </DefinitionPage>
  )
}

function LinksOf({ definition, moment: { env, isPast } }: { definition: Definition; moment: Moment }) {
  const { kind, id, version } = definition
  const tried = Number(new URLSearchParams(useSearch()).get('version')) || undefined
  const asked = tried ?? (isPast ? version : undefined)
  const { data, error, refetch, isPlaceholderData } = useLinks({ kind, id, version: asked, env })
  if (!data) return error ? <ProblemView error={error} retry={() => refetch()} /> : <Skeleton />
  const { needs, neededBy, breaks } = data.body
  return (
    <div class={isPlaceholderData ? 'is-behind' : ''}>
      {error && <ProblemView error={error} retry={() => refetch()} />}
      <VersionChoice definition={definition} shown={data.body.version} />
      {isPast && (
        <p class="note is-attention">
          These are the links of v{data.body.version}, which was live then. Who needs it, and what is met, is
          as of now.
        </p>
      )}
      {tried !== undefined && tried !== version && (
        <p class={`note ${breaks.length > 0 ? 'is-danger' : 'is-live'}`}>
          {breaks.length === 0
            ? `Nothing would break if v${tried} were live.`
            : `If v${tried} were live, ${plural(breaks.length, 'definition')} would break: `}
          <Foreign text={breaks.join(', ')} />
        </p>
      )}
      <LinkTables links={data.body} />
      {needs.length + neededBy.length > 0 && <LinksPicture links={data.body} env={env} />}
    </div>
  )
}
