import { useParams } from 'wouter-preact'
import { type Moment, useMoment } from '../data/moment.ts'
import { type Definition, useDefinition } from '../data/queries.ts'
import { DefinitionHeading } from '../parts/definition/definition-heading.tsx'
import { FileTable } from '../parts/definition/file-table.tsx'
import { NeededBy } from '../parts/definition/needed-by.tsx'
import { SettingsTable } from '../parts/definition/settings-table.tsx'
import { TextView } from '../parts/definition/text-view.tsx'
import { Pending } from '../parts/states/pending.tsx'
import { ProblemView } from '../parts/states/problem.tsx'
import { Command } from '../parts/words/copy.tsx'
import { Foreign } from '../parts/words/foreign.tsx'

/** The command that gets the same content. */
function commandOf({ kind, id, version }: Definition, { isPast }: Moment): string {
  return `nofx pull ${kind} ${id}${isPast ? ` --version ${version}` : ''}`
}

/** Files whose text is read by people and models; the others are settings, which stand above. */
const PROSE = /\.(md|txt)$/

/** What is live of one definition: summary, settings, texts, files. */
export default function DefinitionPage() {
  const { kind = '', id = '' } = useParams<{ kind: string; id: string }>()
  const moment = useMoment()
  const { data, error, refetch, isPlaceholderData } = useDefinition(kind, id, moment)
  if (!data) return <Pending title={id} error={error} retry={() => refetch()} />
  const { metadata, manifest, texts, files, digest, bundle } = data.body
  const prose = Object.entries(texts).filter(([path]) => PROSE.test(path))
  return (
    <div class={isPlaceholderData ? 'page is-behind' : 'page'}>
      {error && <ProblemView error={error} retry={() => refetch()} />}
      <DefinitionHeading definition={data.body} tab="" />
      {metadata.summary && (
        <p class="summary">
          <Foreign text={metadata.summary} />
        </p>
      )}
      <SettingsTable manifest={manifest} />
      {prose.length > 0 && (
        <section class="part">
          <h2>
            Texts <span class="soft count">{prose.length}</span>
          </h2>
          {prose.map(([path, text]) => (
            <TextView key={path} path={path} text={text} />
          ))}
        </section>
      )}
      <NeededBy kind={kind} id={id} />
      <FileTable files={files} digest={digest} bundle={bundle} />
      <p class="page-foot">
        <Command text={commandOf(data.body, moment)} />
      </p>
    </div>
  )
}
