import { Problem } from '../../data/problem.ts'
import { useSession } from '../../data/session.ts'
import { Heading } from '../shell/heading.tsx'
import { Command } from '../words/copy.tsx'
import { Foreign } from '../words/foreign.tsx'
import { ProblemView, sentence } from './problem.tsx'
import { Skeleton } from './skeleton.tsx'

interface PendingProps {
  title: string
  error: unknown
  retry: () => void
}

/** A page before its data: its heading at once, then grey rows or what went wrong. */
export function Pending({ title, error, retry }: PendingProps) {
  return (
    <div class="page">
      <Heading title={title}>
        <Foreign text={title} />
      </Heading>
      <div class="part">
        {error instanceof Problem && error.status === 404 ? (
          <NotHere problem={error} />
        ) : error ? (
          <ProblemView error={error} retry={retry} />
        ) : (
          <Skeleton />
        )}
      </div>
    </div>
  )
}

/** What readers must not see looks as if it did not exist. */
function NotHere({ problem }: { problem: Problem }) {
  const { publisher } = useSession()
  return (
    <div class="empty" role="alert">
      <p>Not here{publisher ? '.' : ', or not public.'}</p>
      <p>
        <Foreign text={sentence(problem.message)} />
      </p>
      {!publisher && <Command text="nofx console" />}
    </div>
  )
}
