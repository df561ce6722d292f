import type { ComponentChildren } from 'preact'
import { useSession } from '../../data/session.ts'
import { Heading } from '../shell/heading.tsx'
import { Empty } from './empty.tsx'
import { Skeleton } from './skeleton.tsx'

interface PublishersOnlyProps {
  title: string
  /** What publishers see here, as a sentence. */
  what: string
  children: ComponentChildren
}

/** A page for publishers: nothing is asked of the server for anybody else. */
export function PublishersOnly({ title, what, children }: PublishersOnlyProps) {
  const { isKnown, publisher } = useSession()
  if (publisher) return <>{children}</>
  return (
    <div class="page">
      <Heading title={title} />
      {isKnown ? <Empty command="nofx console">{what} Sign in as a publisher.</Empty> : <Skeleton />}
    </div>
  )
}
