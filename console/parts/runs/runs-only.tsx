import type { ComponentChildren } from 'preact'
import { useSession } from '../../data/session.ts'
import { Heading } from '../shell/heading.tsx'
import { Empty } from '../states/empty.tsx'
import { PublishersOnly } from '../states/publishers-only.tsx'
import { Skeleton } from '../states/skeleton.tsx'

/** A page of runs: for publishers, and where the registry sees runs. */
export function RunsOnly({ title, children }: { title: string; children: ComponentChildren }) {
  const { registry, features } = useSession()
  return (
    <PublishersOnly title={title} what="The runs of workers are shown to publishers.">
      {features.includes('runs') ? (
        children
      ) : (
        <div class="page">
          <Heading title={title} />
          {registry ? (
            <Empty command="nofx dev">
              This registry does not see the runs of its workers. They are shown where{' '}
              <code>nofx worker run</code> was started.
            </Empty>
          ) : (
            <Skeleton />
          )}
        </div>
      )}
    </PublishersOnly>
  )
}
