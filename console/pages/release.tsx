import { useParams } from 'wouter-preact'
import { useMoment } from '../data/moment.ts'
import { useRelease, type WholeRelease } from '../data/release.ts'
import { useSession } from '../data/session.ts'
import { buildCommand } from '../model/moves/shell-command.ts'
import { UndoRelease } from '../parts/moves/undo-release.tsx'
import { ReleaseMoves } from '../parts/releases/release-moves.tsx'
import { Heading } from '../parts/shell/heading.tsx'
import { Empty } from '../parts/states/empty.tsx'
import { Pending } from '../parts/states/pending.tsx'
import { ProblemView } from '../parts/states/problem.tsx'
import { CommitLink } from '../parts/words/commit-link.tsx'
import { Command, Copy } from '../parts/words/copy.tsx'
import { Foreign } from '../parts/words/foreign.tsx'
import { Link } from '../parts/words/link.tsx'
import { Time } from '../parts/words/time.tsx'

/** What moved together: by whom, why, and what it changed. */
export default function ReleasePage() {
  const { id = '' } = useParams<{ id: string }>()
  const { isKnown, publisher } = useSession()
  const title = `Release ${id.slice(0, 8)}`
  if (isKnown && !publisher)
    return (
      <div class="page">
        <Heading title={title} />
        <Empty command="nofx console">Who moved what, and why, is shown to publishers. Sign in as one.</Empty>
      </div>
    )
  return <KnownRelease id={id} title={title} />
}

function KnownRelease({ id, title }: { id: string; title: string }) {
  const moment = useMoment()
  const { data, error, refetch } = useRelease(id, moment)
  if (!data) return <Pending title={title} error={error} retry={() => refetch()} />
  const release = data.body
  return (
    <div class="page">
      {error && <ProblemView error={error} retry={() => refetch()} />}
      <div class="heading-row">
        <Heading title={title}>
          Release <code class="release-id">{release.id.slice(0, 8)}</code>
          <Copy text={release.id} label="the release’s id" />
        </Heading>
        <UndoRelease id={release.id} isUndone={release.undoneBy !== null} />
      </div>
      <ReleaseCause release={release} />
      <ReleaseMoves release={release} env={moment.env} />
      <p class="page-foot">
        <Command text={commandOf(release.id, moment.env)} />
      </p>
    </div>
  )
}

const commandOf = (id: string, env: string | undefined) =>
  buildCommand(['nofx', 'registry', 'releases', 'show', id.slice(0, 8)], { env })

/** What made the release, who, when, why, and what it undid or was undone by. */
function ReleaseCause({ release }: { release: WholeRelease }) {
  const { origin, actor, createdAt, commit, reason, undoes, undoneBy } = release
  return (
    <>
      <p class="line">
        <span class={`release-origin is-${origin}`}>{origin}</span>
        <span>
          by <Foreign text={actor} />
        </span>
        <span class="soft">
          <Time iso={createdAt} />
        </span>
        <span class="soft">
          commit <CommitLink sha={commit.sha} />
          {commit.ref && (
            <>
              {' of '}
              <Foreign text={commit.ref} />
            </>
          )}
          {commit.dirty && ', with files that were not committed'}
        </span>
      </p>
      {reason && (
        <p class="release-reason">
          <Foreign text={reason} />
        </p>
      )}
      <Undoing undoes={undoes} undoneBy={undoneBy} />
    </>
  )
}

function Undoing({ undoes, undoneBy }: Pick<WholeRelease, 'undoes' | 'undoneBy'>) {
  if (!undoes && !undoneBy) return null
  return (
    <p class="line soft">
      {undoes && (
        <span>
          undoes release <ReleaseLink id={undoes} />
        </span>
      )}
      {undoneBy && (
        <span class="is-attention">
          undone by release <ReleaseLink id={undoneBy} />
        </span>
      )}
    </p>
  )
}

function ReleaseLink({ id }: { id: string }) {
  return (
    <Link to={`/releases/${id}`}>
      <code>{id.slice(0, 8)}</code>
    </Link>
  )
}
