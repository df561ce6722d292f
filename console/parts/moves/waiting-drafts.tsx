import { type Row, useDefinitions } from '../../data/queries.ts'
import { NamedRow } from '../lists/named-row.tsx'
import { ProblemView } from '../states/problem.tsx'
import { Link } from '../words/link.tsx'
import { MoveButton } from './move-button.tsx'
import { useObstacle } from './use-obstacle.ts'

/** The most drafts that are named; the others are in the list. */
const MOST = 8

/** Drafts that are not live yet: each can be compared with what is live, and promoted from here. */
export function WaitingDrafts({ kind, count, env }: { kind: string; count: number; env?: string }) {
  const { data, error, refetch } = useDefinitions(kind, { env, waiting: 'true' }, MOST)
  return (
    <section class="part">
      <h2>
        Drafts of {kind} that wait <span class="soft count">{count}</span>
      </h2>
      {error && <ProblemView error={error} retry={() => refetch()} />}
      <ul class="drafts">
        {data?.pages[0]?.body.items.map((row) => (
          <Draft key={row.id} kind={kind} row={row} />
        ))}
      </ul>
      {count > MOST && (
        <p class="note">
          <Link to={`/${kind}?waiting=true`}>Show all {count}</Link>
        </p>
      )}
    </section>
  )
}

function Draft({ kind, row: { id, name, version, head } }: { kind: string; row: Row }) {
  const obstacle = useObstacle()
  const draft = head?.draftVersion ?? undefined
  return (
    <NamedRow kind={kind} id={id} name={name}>
      <Link to={`/${kind}/${id}/diff?from=${version ?? draft}&to=${draft}`}>
        {version === null ? 'nothing live' : `v${version}`} → v{draft}
      </Link>
      <MoveButton
        move={{ verb: 'promote', kind, id, version: draft }}
        obstacle={obstacle}
        label={`Promote draft v${draft} of ${id}`}
      >
        Promote…
      </MoveButton>
    </NamedRow>
  )
}
