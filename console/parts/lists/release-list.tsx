import { useMoment } from '../../data/moment.ts'
import type { Release } from '../../data/queries.ts'
import { buildCommand } from '../../model/moves/shell-command.ts'
import { MoveButton } from '../moves/move-button.tsx'
import { useObstacle } from '../moves/use-obstacle.ts'
import { Empty } from '../states/empty.tsx'
import { Command } from '../words/copy.tsx'
import { Foreign } from '../words/foreign.tsx'
import { Link } from '../words/link.tsx'
import { Time } from '../words/time.tsx'

/** The command that prints the last releases. */
export function ReleasesCommand() {
  const { env } = useMoment()
  return (
    <p class="page-foot">
      <Command text={buildCommand(['nofx', 'registry', 'releases'], { env })} />
    </p>
  )
}

/** Definitions of a release that are named; the others are counted. */
const NAMED = 3

/** Releases, newest first: what moved, who moved it, why and when. */
export function ReleaseList({ releases, canUndo }: { releases: readonly Release[]; canUndo?: boolean }) {
  const { env } = useMoment()
  if (releases.length === 0)
    return (
      <Empty command={buildCommand(['nofx', 'registry', 'publish'], { env })}>
        What moves together stands here.
      </Empty>
    )
  return (
    <ol class={canUndo ? 'releases has-moves' : 'releases'}>
      {releases.map((release) => (
        <li key={release.id}>
          <span class={`release-origin is-${release.origin}`}>
            <Link to={`/releases/${release.id}`}>{release.origin}</Link>
          </span>
          <span class="release-moves">
            <Moves outcomes={release.outcomes} />
          </span>
          <span class="release-who soft">
            <Foreign text={release.actor} />
            {release.reason && (
              <>
                {': '}
                <Foreign text={release.reason} />
              </>
            )}
          </span>
          <span class="release-when soft">
            <Time iso={release.createdAt} />
          </span>
          {canUndo && <UndoButton id={release.id} />}
        </li>
      ))}
    </ol>
  )
}

function UndoButton({ id }: { id: string }) {
  const obstacle = useObstacle()
  return (
    <MoveButton
      move={{ verb: 'undo', release: id }}
      obstacle={obstacle}
      class="quiet"
      label={`Undo release ${id.slice(0, 8)}`}
    >
      Undo…
    </MoveButton>
  )
}

function Moves({ outcomes }: { outcomes: Release['outcomes'] }) {
  const moved = outcomes.filter(({ outcome }) => outcome !== 'unchanged')
  return (
    <>
      {moved.slice(0, NAMED).map(({ kind, id, version }) => (
        <Link key={`${kind}/${id}`} to={`/${kind}/${id}`}>
          <Foreign text={id} />
          {version && <span class="soft"> v{version}</span>}
        </Link>
      ))}
      {moved.length > NAMED && <span class="soft">and {moved.length - NAMED} more</span>}
    </>
  )
}
