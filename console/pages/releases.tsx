import { useSearch } from 'wouter-preact'
import { useReleases } from '../data/queries.ts'
import { useSession } from '../data/session.ts'
import { Empty } from '../parts/empty.tsx'
import { Heading } from '../parts/heading.tsx'
import { ProblemView } from '../parts/problem.tsx'
import { ReleaseList } from '../parts/release-list.tsx'
import { Skeleton } from '../parts/skeleton.tsx'

/** What moved together, by whom, why and when. */
export default function Releases() {
  const env = new URLSearchParams(useSearch()).get('env') ?? undefined
  const { publisher } = useSession()
  const list = useReleases(50, { env }, publisher)
  const releases = list.data?.pages.flatMap(({ body }) => body.items) ?? []
  return (
    <div class="page">
      <Heading title="Releases" />
      {!publisher ? (
        <Empty command="nofx console">Publishers see who moved what, and why. Sign in as one.</Empty>
      ) : list.error ? (
        <ProblemView error={list.error} retry={() => list.refetch()} />
      ) : list.isPending ? (
        <Skeleton />
      ) : (
        <ReleaseList releases={releases} />
      )}
      {list.hasNextPage && (
        <button type="button" onClick={() => list.fetchNextPage()}>
          Show older releases
        </button>
      )}
    </div>
  )
}
