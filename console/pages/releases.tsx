import { useMoment } from '../data/moment.ts'
import { useReleases } from '../data/queries.ts'
import { useSession } from '../data/session.ts'
import { ReleaseList, ReleasesCommand } from '../parts/lists/release-list.tsx'
import { Heading } from '../parts/shell/heading.tsx'
import { Empty } from '../parts/states/empty.tsx'
import { ProblemView } from '../parts/states/problem.tsx'
import { Skeleton } from '../parts/states/skeleton.tsx'

/** What moved together, by whom, why and when. */
export default function Releases() {
  const { isKnown, publisher } = useSession()
  return (
    <div class="page">
      <Heading title="Releases" />
      {publisher ? (
        <AllReleases />
      ) : isKnown ? (
        <Empty command="nofx console">Who moved what, and why, is shown to publishers. Sign in as one.</Empty>
      ) : (
        <Skeleton />
      )}
    </div>
  )
}

function AllReleases() {
  const list = useReleases(50, useMoment())
  const releases = list.data?.pages.flatMap(({ body }) => body.items)
  return (
    <>
      {list.error && <ProblemView error={list.error} retry={() => list.refetch()} />}
      {releases ? <ReleaseList releases={releases} canUndo /> : !list.error && <Skeleton />}
      {list.hasNextPage && (
        <p class="actions">
          <button type="button" onClick={() => list.fetchNextPage()}>
            Show older releases
          </button>
        </p>
      )}
      <ReleasesCommand />
    </>
  )
}
