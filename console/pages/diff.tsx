import { useEffect } from 'preact/hooks'
import { useLocation, useParams, useSearch } from 'wouter-preact'
import { useDefinition, useVersionDiff, type VersionDiff } from '../data/queries.ts'
import { withQuery } from '../model/url-state.ts'
import { Command } from '../parts/copy.tsx'
import { DefinitionHeading } from '../parts/definition-heading.tsx'
import { type FieldChange, FieldChanges } from '../parts/field-changes.tsx'
import { isTyping } from '../parts/keys.ts'
import { PatchView } from '../parts/patch-view.tsx'
import { ProblemView } from '../parts/problem.tsx'
import { RiskList } from '../parts/risk-list.tsx'
import { Skeleton } from '../parts/skeleton.tsx'

/** What differs between two versions: risks first, then settings, then wording. */
export default function Diff() {
  const { kind = '', id = '' } = useParams<{ kind: string; id: string }>()
  const query = new URLSearchParams(useSearch())
  const env = query.get('env') ?? undefined
  const definition = useDefinition(kind, id, { env })
  const newest = definition.data?.body.version ?? 1
  const to = Number(query.get('to') ?? newest)
  const from = Number(query.get('from') ?? Math.max(1, to - 1))
  if (!definition.data)
    return (
      <div class="page">
        {definition.error ? (
          <ProblemView error={definition.error} retry={() => definition.refetch()} />
        ) : (
          <Skeleton />
        )}
      </div>
    )
  return (
    <div class="page is-wide">
      <DefinitionHeading definition={definition.data.body} tab="/diff" />
      <Choices from={from} to={to} newest={newest} />
      {from === to ? (
        <p class="soft part">This is one version: choose two to compare.</p>
      ) : (
        <Comparison kind={kind} id={id} from={from} to={to} env={env} />
      )}
      <p class="page-foot">
        <Command text={`nofx registry diff ${kind} ${id} --from ${from} --to ${to}`} />
      </p>
    </div>
  )
}

interface ComparisonProps {
  kind: string
  id: string
  from: number
  to: number
  env?: string
}

function Comparison({ kind, id, from, to, env }: ComparisonProps) {
  const { data, error, refetch } = useVersionDiff(kind, id, from, to, { env })
  useEffect(() => {
    if (data && location.hash)
      document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView()
  }, [data])
  useChangeKeys()
  if (!data) return error ? <ProblemView error={error} retry={() => refetch()} /> : <Skeleton />
  const { risks, fields, files } = data.body
  if (risks.length + fields.length + files.length === 0)
    return <p class="soft part">These two versions have the same content.</p>
  return (
    <>
      <RiskList risks={risks} />
      <FieldChanges fields={fields as unknown as FieldChange[]} />
      <Files files={files} />
    </>
  )
}

function Files({ files }: { files: VersionDiff['files'] }) {
  const form = new URLSearchParams(useSearch()).get('view') === 'split' ? 'split' : 'unified'
  if (files.length === 0) return null
  return (
    <section class="part">
      <h2>
        Files <span class="soft count">{files.length}</span>
      </h2>
      {files.map((file) => (
        <PatchView key={file.path} file={file} form={form} />
      ))}
    </section>
  )
}

function Choices({ from, to, newest }: { from: number; to: number; newest: number }) {
  const [path, navigate] = useLocation()
  const search = useSearch()
  const form = new URLSearchParams(search).get('view') ?? 'unified'
  const set = (changes: Record<string, string | undefined>) => navigate(path + withQuery(search, changes))
  const versions = Array.from({ length: newest }, (_none, at) => newest - at)
  return (
    <div class="choices">
      <Version name="from" value={from} versions={versions} choose={(version) => set({ from: version })} />
      <span aria-hidden="true">→</span>
      <Version name="to" value={to} versions={versions} choose={(version) => set({ to: version })} />
      <fieldset class="segments">
        <legend class="visually-hidden">View</legend>
        {['unified', 'split'].map((name) => (
          <button
            key={name}
            type="button"
            aria-pressed={form === name}
            onClick={() => set({ view: name === 'unified' ? undefined : name })}
          >
            {name}
          </button>
        ))}
      </fieldset>
    </div>
  )
}

interface VersionProps {
  name: string
  value: number
  versions: readonly number[]
  choose: (version: string) => void
}

function Version({ name, value, versions, choose }: VersionProps) {
  return (
    <label class="soft">
      {name}{' '}
      <select value={value} onChange={({ currentTarget }) => choose(currentTarget.value)}>
        {versions.map((version) => (
          <option key={version} value={version}>
            v{version}
          </option>
        ))}
      </select>
    </label>
  )
}

/** `n` and `p` go to the next and the previous changed line. */
function useChangeKeys(): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (isTyping(event) || (event.key !== 'n' && event.key !== 'p')) return
      const runs = [
        ...document.querySelectorAll(
          '.line-of-patch:not(.is-added, .is-removed) + :is(.is-added, .is-removed)',
        ),
      ]
      const middle = innerHeight / 3
      const next = runs.find((run) => run.getBoundingClientRect().top > middle + 1)
      const previous = runs.findLast((run) => run.getBoundingClientRect().top < middle - 1)
      const target = event.key === 'n' ? next : previous
      if (target) scrollBy({ top: target.getBoundingClientRect().top - middle })
    }
    addEventListener('keydown', press)
    return () => removeEventListener('keydown', press)
  }, [])
}
