import { useParams, useSearch } from 'wouter-preact'
import { type Definition, useDefinition } from '../data/queries.ts'
import { Command } from '../parts/copy.tsx'
import { DefinitionHeading } from '../parts/definition-heading.tsx'
import { Digest } from '../parts/digest.tsx'
import { Foreign } from '../parts/foreign.tsx'
import { ProblemView } from '../parts/problem.tsx'
import { SettingsTable } from '../parts/settings-table.tsx'
import { Skeleton } from '../parts/skeleton.tsx'
import { TextView } from '../parts/text-view.tsx'

/** What is live of one definition: summary, settings, texts, files. */
export default function DefinitionPage() {
  const { kind = '', id = '' } = useParams<{ kind: string; id: string }>()
  const env = new URLSearchParams(useSearch()).get('env') ?? undefined
  const { data, error, refetch } = useDefinition(kind, id, { env })
  if (!data)
    return (
      <div class="page">{error ? <ProblemView error={error} retry={() => refetch()} /> : <Skeleton />}</div>
    )
  const definition = data.body
  return (
    <div class="page">
      <DefinitionHeading definition={definition} tab="" />
      {definition.metadata.summary && (
        <p class="summary">
          <Foreign text={definition.metadata.summary} />
        </p>
      )}
      <SettingsTable manifest={definition.manifest} />
      {Object.entries(definition.texts)
        .filter(([path]) => /\.(md|txt)$/.test(path))
        .map(([path, text]) => (
          <TextView key={path} path={path} text={text} />
        ))}
      <Files definition={definition} />
      <p class="page-foot">
        <Command text={`nofx pull ${kind} ${id}`} />
      </p>
    </div>
  )
}

function Files({ definition }: { definition: Definition }) {
  return (
    <section class="part">
      <h2>
        Files <span class="soft count">{definition.files.length}</span>
      </h2>
      <table class="files">
        <thead class="visually-hidden">
          <tr>
            <th scope="col">Path</th>
            <th scope="col">Size</th>
            <th scope="col">Hash</th>
          </tr>
        </thead>
        <tbody>
          {definition.files.map(({ path, size, sha256 }) => (
            <tr key={path}>
              <td>
                <code>
                  <Foreign text={path} />
                </code>
              </td>
              <td class="number soft">{size.toLocaleString('en')} B</td>
              <td class="number">
                <Digest value={sha256} label={`the hash of ${path}`} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="soft line">
        <span>
          digest <Digest value={definition.digest} />
        </span>
        <span>bundle {definition.bundle.size.toLocaleString('en')} B</span>
      </p>
    </section>
  )
}
