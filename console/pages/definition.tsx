import type { Moment } from '../data/moment.ts'
import type { Definition } from '../data/queries.ts'
import { buildCommand } from '../model/moves/shell-command.ts'
import { DefinitionContent } from '../parts/definition/definition-content.tsx'
import { DefinitionPage } from '../parts/definition/definition-page.tsx'
import { NeededBy } from '../parts/definition/needed-by.tsx'

/** The command that gets the same content. */
const commandOf = ({ kind, id, version }: Definition, { env, isPast }: Moment) =>
  buildCommand(['nofx', 'pull', kind, id], { version: isPast ? String(version) : undefined, env })

const bundleOf = ({ kind, id, version }: Definition) =>
  `/api/${encodeURIComponent(kind)}/${encodeURIComponent(id)}/bundle?version=${version}`

/** What is live of one definition, now or at the time of the address. */
export default function Overview() {
  return (
    <DefinitionPage tab="" command={commandOf}>
      {(definition, { env }) => (
        <DefinitionContent
          content={definition}
          href={definition.live && env === undefined ? bundleOf(definition) : undefined}
        >
          <NeededBy kind={definition.kind} id={definition.id} />
        </DefinitionContent>
      )}
    </DefinitionPage>
  )
}
