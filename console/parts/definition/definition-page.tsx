import type { ComponentChildren } from 'preact'
import { useParams } from 'wouter-preact'
import { type Moment, useMoment } from '../../data/moment.ts'
import { type Definition, useDefinition } from '../../data/queries.ts'
import { Pending } from '../states/pending.tsx'
import { ProblemView } from '../states/problem.tsx'
import { Command } from '../words/copy.tsx'
import { DefinitionHeading } from './definition-heading.tsx'

interface PageProps {
  /** Which of the views of the definition this is, as the end of its path. */
  tab: string
  isWide?: boolean
  /** The command that prints the same. */
  command?: (definition: Definition, moment: Moment) => string
  /** `isBehind`: the definition is still that of the moment before, while the one of the moment is on its way. */
  children: (definition: Definition, moment: Moment, isBehind: boolean) => ComponentChildren
}

/** The frame of every page of one definition: its head, what the page is about, and the command that prints the same. */
export function DefinitionPage({ tab, isWide = false, command, children }: PageProps) {
  const { kind = '', id = '' } = useParams<{ kind: string; id: string }>()
  const moment = useMoment()
  const { data, error, refetch, isPlaceholderData } = useDefinition(kind, id, moment)
  if (!data) return <Pending title={id} error={error} retry={() => refetch()} />
  return (
    <div class={['page', isWide && 'is-wide', isPlaceholderData && 'is-behind'].filter(Boolean).join(' ')}>
      {error && <ProblemView error={error} retry={() => refetch()} />}
      <DefinitionHeading definition={data.body} tab={tab} />
      {children(data.body, moment, isPlaceholderData)}
      {command && (
        <p class="page-foot">
          <Command text={command(data.body, moment)} />
        </p>
      )}
    </div>
  )
}
