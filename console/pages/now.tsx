import { useSearch } from 'wouter-preact'
import { useDefinitions, useReleases } from '../data/queries.ts'
import { useSession } from '../data/session.ts'
import { Heading } from '../parts/heading.tsx'
import { Link } from '../parts/link.tsx'
import { ProblemView } from '../parts/problem.tsx'
import { ReleaseList } from '../parts/release-list.tsx'
import { Skeleton } from '../parts/skeleton.tsx'

/** What is live now, and what moved last. */
export default function Now() {
  const env = new URLSearchParams(useSearch()).get('env') ?? undefined
  const { publisher } = useSession()
  const releases = useReleases(10, { env }, publisher)
  return (
    <div class="page">
      <Heading title="Now" />
      <div class="counts">
        <Count kind="agents" env={env} />
        <Count kind="templates" env={env} />
      </div>
      {publisher && (
        <section class="part">
          <h2>Last releases</h2>
          {releases.error ? (
            <ProblemView error={releases.error} retry={() => releases.refetch()} />
          ) : releases.data ? (
            <ReleaseList releases={releases.data.pages.flatMap(({ body }) => body.items).slice(0, 10)} />
          ) : (
            <Skeleton />
          )}
        </section>
      )}
    </div>
  )
}

function Count({ kind, env }: { kind: string; env?: string }) {
  const { data } = useDefinitions(kind, { env })
  const first = data?.pages[0]?.body
  return (
    <Link to={`/${kind}`} class="count-of-kind">
      <strong>{first ? `${first.items.length}${first.nextCursor ? '+' : ''}` : '–'}</strong> {kind}
    </Link>
  )
}
