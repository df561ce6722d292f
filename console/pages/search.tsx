import { useSearch } from 'wouter-preact'
import { type Moment, useMoment } from '../data/moment.ts'
import { useDefinitions, useKinds } from '../data/queries.ts'
import { buildCommand } from '../model/moves/shell-command.ts'
import { plural } from '../model/texts/plural.ts'
import { NamedRow } from '../parts/lists/named-row.tsx'
import { Heading } from '../parts/shell/heading.tsx'
import { Empty } from '../parts/states/empty.tsx'
import { ProblemView } from '../parts/states/problem.tsx'
import { Skeleton } from '../parts/states/skeleton.tsx'
import { Command } from '../parts/words/copy.tsx'
import { Link } from '../parts/words/link.tsx'

/** Definitions of each kind that are named; the others are in the list of the kind. */
const NAMED = 20

/** The definitions of every kind that contain a text. */
export default function SearchPage() {
  const text = new URLSearchParams(useSearch()).get('search') ?? ''
  const moment = useMoment()
  const { data, error, refetch } = useKinds(moment)
  return (
    <div class="page">
      <Heading title="Search" />
      {error && <ProblemView error={error} retry={() => refetch()} />}
      {!data && !error && <Skeleton />}
      {text === '' && <Empty>What is found in ids, names and summaries of every kind stands here.</Empty>}
      {text !== '' &&
        data?.body.items.map(({ id }) => (
          <Found key={`${id} ${text}`} kind={id} text={text} moment={moment} />
        ))}
      <p class="page-foot">
        <Command
          text={buildCommand(['nofx', 'registry', 'list'], { search: text || undefined, env: moment.env })}
        />
      </p>
    </div>
  )
}

interface FoundProps {
  kind: string
  text: string
  moment: Moment
}

function Found({ kind, text, moment: { env, at } }: FoundProps) {
  const { data, error, refetch } = useDefinitions(kind, { search: text, env, at }, NAMED)
  const rows = data?.pages[0]?.body.items
  const total = data?.pages[0]?.body.total ?? rows?.length ?? 0
  return (
    <section class="part" aria-label={kind}>
      <h2>
        {kind.charAt(0).toUpperCase() + kind.slice(1)} <span class="soft count">{rows && total}</span>
      </h2>
      {error && <ProblemView error={error} retry={() => refetch()} />}
      {!rows && !error && <Skeleton />}
      {rows?.length === 0 && <p class="soft note">No {kind} match.</p>}
      <ul class="newest">
        {rows?.map(({ id, name, status, version }) => (
          <NamedRow key={id} kind={kind} id={id} name={name}>
            <span>{version === null ? '' : `v${version}`}</span>
            <span class="soft">{status}</span>
          </NamedRow>
        ))}
      </ul>
      {rows && total > rows.length && (
        <p class="note">
          <Link to={`/${kind}?search=${encodeURIComponent(text)}`}>Show all {plural(total, kind, kind)}</Link>
        </p>
      )}
    </section>
  )
}
