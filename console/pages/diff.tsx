import { useCallback, useEffect } from 'preact/hooks'
import { useLocation, useSearch } from 'wouter-preact'
import { useLinks } from '../data/links.ts'
import type { Moment } from '../data/moment.ts'
import { type Comparison, type Definition, type From, PRODUCTION, useVersionDiff } from '../data/queries.ts'
import { withQuery } from '../model/address/url-state.ts'
import { buildCommand } from '../model/moves/shell-command.ts'
import { DefinitionPage } from '../parts/definition/definition-page.tsx'
import { Breaks } from '../parts/diff/breaks.tsx'
import { useChangeKeys } from '../parts/diff/change-keys.ts'
import { DiffChoices } from '../parts/diff/diff-choices.tsx'
import { FieldChanges } from '../parts/diff/field-changes.tsx'
import { useHash, useLineLinks } from '../parts/diff/line-links.ts'
import { LiveNotice, useOpened } from '../parts/diff/live-notice.tsx'
import { type PatchProps, PatchView } from '../parts/diff/patch-view.tsx'
import { RiskList } from '../parts/diff/risk-list.tsx'
import { ProblemView } from '../parts/states/problem.tsx'
import { Skeleton } from '../parts/states/skeleton.tsx'
import { Command } from '../parts/words/copy.tsx'

/** What differs between two versions: risks first, then settings, then wording. */
export default function Diff() {
  const isSplit = new URLSearchParams(useSearch()).get('view') === 'split'
  return (
    <DefinitionPage tab="/diff" isWide={isSplit}>
      {(definition, moment, isBehind) => <Compared now={definition} moment={moment} isBehind={isBehind} />}
    </DefinitionPage>
  )
}

interface ComparedProps {
  now: Definition
  moment: Moment
  isBehind: boolean
}

function Compared({ now, moment, isBehind }: ComparedProps) {
  const { kind, id, latestVersion } = now
  const { env } = moment
  const opened = useOpened(now, moment, isBehind)
  const { from, to, context } = readVersions(useSearch(), opened, env)
  return (
    <>
      <LiveNotice now={now} opened={opened} from={from} to={to} />
      <DiffChoices from={from} to={to} newest={latestVersion} live={liveOf(now)} env={env} />
      {from === to ? (
        <p class="soft part">
          {latestVersion === 1
            ? 'There is one version, so there is nothing to compare yet.'
            : 'This is one version: choose two to compare.'}
        </p>
      ) : (
        <Changes kind={kind} id={id} from={from} to={to} context={context} env={env} />
      )}
      <p class="page-foot">
        <Command text={commandFor({ kind, id, from, to, env })} />
      </p>
    </>
  )
}

const liveOf = ({ live, version }: Definition) => (live ? version : undefined)

/** The versions of the address; without them, a draft that waits with what is live, or the newest with the one before. */
function readVersions(
  search: string,
  { version, latestVersion, draftVersion }: Definition,
  env: string | undefined,
) {
  const query = new URLSearchParams(search)
  const to = Number(query.get('to') ?? draftVersion ?? latestVersion)
  const before = to === draftVersion && version !== draftVersion ? version : Math.max(1, to - 1)
  return {
    from: readFrom(query.get('from'), before, env),
    to,
    context: Number(query.get('context') ?? CONTEXT[0]),
  }
}

function readFrom(text: string | null, before: number, env: string | undefined): From {
  if (text === PRODUCTION && env !== undefined) return PRODUCTION
  return text === null ? before : Number(text)
}

/** The command that prints the same; a preview as a whole is compared with production. */
function commandFor({ kind, id, from, to, env }: Omit<Comparison, 'context'>): string {
  if (from === PRODUCTION && env !== undefined) return buildCommand(['nofx', 'preview', 'diff', env], {})
  return buildCommand(['nofx', 'registry', 'diff', kind, id], { from: String(from), to: String(to), env })
}

/** Unchanged lines around a change, from few to many. */
const CONTEXT = [3, 25, 1000]

function Changes(asked: Comparison) {
  const { kind, id, to, env } = asked
  const { data, error, refetch } = useVersionDiff(asked)
  // Asked for at once, so that the page seldom grows after it is shown.
  const links = useLinks({ kind, id, version: to, env })
  const target = useHash()
  useEffect(() => {
    if (data && target !== '') document.getElementById(target)?.scrollIntoView({ block: 'center' })
  }, [data, target])
  useChangeKeys()
  useLineLinks()
  if (!data) return error ? <ProblemView error={error} retry={() => refetch()} /> : <Skeleton />
  const { risks, fields, files, unread } = data.body
  if (!unread && risks.length + fields.length + files.length === 0)
    return <p class="soft part">These two versions have the same content.</p>
  return (
    <>
      {error && <ProblemView error={error} retry={() => refetch()} />}
      <RiskList risks={risks} unread={unread} />
      <Breaks links={links} version={asked.to} />
      <FieldChanges fields={fields} />
      <Files files={files} context={asked.context} target={target} />
    </>
  )
}

interface FilesProps {
  files: PatchProps['file'][]
  context: number
  target: string
}

function Files({ files, context, target }: FilesProps) {
  const [path, navigate] = useLocation()
  const search = useSearch()
  const query = new URLSearchParams(search)
  const more = CONTEXT.find((lines) => lines > context)
  const expand = useCallback(
    () => navigate(path + withQuery(search, { context: String(more) })),
    [navigate, path, search, more],
  )
  if (files.length === 0) return null
  return (
    <section class="part">
      <h2>
        Files <span class="soft count">{files.length}</span>
      </h2>
      {files.map((file) => (
        <PatchView
          key={file.path}
          file={file}
          isSplit={query.get('view') === 'split'}
          showsBlanks={query.get('blanks') !== 'off'}
          target={target}
          expand={more === undefined ? undefined : expand}
        />
      ))}
    </section>
  )
}
