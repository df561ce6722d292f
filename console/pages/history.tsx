import { useState } from 'preact/hooks'
import { useLocation, useParams, useSearch } from 'wouter-preact'
import { type Definition, useDefinition, useVersions, type Version } from '../data/queries.ts'
import { Command } from '../parts/copy.tsx'
import { CommitLink, DefinitionHeading } from '../parts/definition-heading.tsx'
import { Digest } from '../parts/digest.tsx'
import { Foreign } from '../parts/foreign.tsx'
import { Link } from '../parts/link.tsx'
import { ProblemView } from '../parts/problem.tsx'
import { Skeleton } from '../parts/skeleton.tsx'
import { Time } from '../parts/time.tsx'

/** The versions of a definition, newest first; two of them are compared. */
export default function History() {
  const { kind = '', id = '' } = useParams<{ kind: string; id: string }>()
  const env = new URLSearchParams(useSearch()).get('env') ?? undefined
  const definition = useDefinition(kind, id, { env })
  const versions = useVersions(kind, id, { env })
  const error = definition.error ?? versions.error
  if (!definition.data || !versions.data)
    return (
      <div class="page">
        {error ? <ProblemView error={error} retry={() => versions.refetch()} /> : <Skeleton />}
      </div>
    )
  const rows = versions.data.pages.flatMap(({ body }) => body.items)
  return (
    <div class="page">
      <DefinitionHeading definition={definition.data.body} tab="/history" />
      <Versions rows={rows} definition={definition.data.body} />
      {versions.hasNextPage && (
        <button type="button" onClick={() => versions.fetchNextPage()}>
          Show older versions
        </button>
      )}
      <p class="page-foot">
        <Command text={`nofx registry history ${kind} ${id}`} />
      </p>
    </div>
  )
}

function Versions({ rows, definition }: { rows: Version[]; definition: Definition }) {
  const { kind, id } = definition
  const [, navigate] = useLocation()
  const [from, setFrom] = useState(rows[1]?.version)
  const [to, setTo] = useState(rows[0]?.version)
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        navigate(`/${kind}/${id}/diff?from=${from}&to=${to}`)
      }}
    >
      <table class="versions">
        <thead>
          <tr>
            <th scope="col">From</th>
            <th scope="col">To</th>
            <th scope="col">Version</th>
            <th scope="col">What happened</th>
            <th scope="col">When</th>
            <th scope="col">Commit</th>
            <th scope="col">Content</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.version}>
              <td>
                <Choice name="from" row={row} chosen={from} choose={setFrom} />
              </td>
              <td>
                <Choice name="to" row={row} chosen={to} choose={setTo} />
              </td>
              <td>
                <Link to={`/${kind}/${id}/diff?from=${Math.max(1, row.version - 1)}&to=${row.version}`}>
                  v{row.version}
                </Link>
                {row.declaredVersion && (
                  <span class="soft">
                    {' '}
                    <Foreign text={row.declaredVersion} />
                  </span>
                )}
                {definition.live && row.version === definition.version && (
                  <span class="tag is-live">live</span>
                )}
                {row.withdrawnAt && <span class="tag is-danger">withdrawn</span>}
              </td>
              <td>{row.origin}</td>
              <td>
                <Time iso={row.createdAt} />
              </td>
              <td>
                {row.commitSha && (
                  <CommitLink sha={row.commitSha} repository={definition.manifest.repository} />
                )}
              </td>
              <td>
                <Digest value={row.digest} label={`the digest of v${row.version}`} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="actions">
        <button type="submit" disabled={from === undefined || to === undefined || from === to}>
          Compare {from !== undefined && to !== undefined ? `v${from} with v${to}` : 'two versions'}
        </button>
      </p>
    </form>
  )
}

interface ChoiceProps {
  name: string
  row: Version
  chosen: number | undefined
  choose: (version: number) => void
}

function Choice({ name, row: { version }, chosen, choose }: ChoiceProps) {
  return (
    <input
      type="radio"
      name={name}
      value={version}
      checked={chosen === version}
      onChange={() => choose(version)}
      aria-label={`${name} v${version}`}
    />
  )
}
