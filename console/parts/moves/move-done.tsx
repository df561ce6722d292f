import { useLocation, useSearch } from 'wouter-preact'
import { type Moved, useIncident } from '../../data/moves.ts'
import { withQuery } from '../../model/address/url-state.ts'
import { type Move, nameMove, reverseMove } from '../../model/moves/move-name.ts'
import { Copy } from '../words/copy.tsx'
import { Foreign } from '../words/foreign.tsx'
import { Link } from '../words/link.tsx'

interface DoneProps {
  move: Move
  moved: Moved
  env: string | undefined
  close: () => void
}

/** How many definitions are named. */
const NAMED = 8

/** What was done, the paragraph for the incident channel, and the way back. */
export function MoveDone({ move, moved, env, close }: DoneProps) {
  const { releaseId, seq, deployHook } = moved
  const [path, navigate] = useLocation()
  const search = useSearch()
  const goTo = (next: Move) => navigate(path + withQuery(search, { move: nameMove(next) }), { replace: true })
  return (
    <>
      <Outcomes moved={moved} />
      {deployHook && !deployHook.rung && (
        <p class="is-attention">
          The deploy hook was not called: <Foreign text={deployHook.reason ?? ''} />
        </p>
      )}
      {releaseId && (
        <>
          <p class="soft line">
            <span>
              release <Link to={`/releases/${releaseId}`}>{releaseId.slice(0, 8)}</Link>
            </span>
            <span>event {seq}</span>
          </p>
          <Incident releaseId={releaseId} env={env} />
        </>
      )}
      <div class="sheet-foot">
        <div class="sheet-buttons">
          <button type="button" class="is-primary" onClick={close}>
            Close
          </button>
          {releaseId && (
            <button type="button" onClick={() => goTo(reverseMove(move, releaseId))}>
              Put it back…
            </button>
          )}
        </div>
      </div>
    </>
  )
}

function Outcomes({ moved: { outcomes, replayed } }: { moved: Moved }) {
  return (
    <div role="status">
      <ul class="done">
        {outcomes.slice(0, NAMED).map(({ kind, id, outcome, version }) => (
          <li key={`${kind}/${id}`}>
            <Foreign text={`${kind}/${id}`} /> is {outcome.replaceAll('-', ' ')}
            {version !== null && (
              <>
                , as <strong>v{version}</strong>
              </>
            )}
          </li>
        ))}
        {outcomes.length > NAMED && <li class="soft">and {outcomes.length - NAMED} more</li>}
      </ul>
      <p>Readers have it; caches within a minute.</p>
      {replayed && (
        <p class="is-attention">This answer was replayed: the move had been made already, once.</p>
      )}
    </div>
  )
}

/** The paragraph that the command prints as well. */
function Incident({ releaseId, env }: { releaseId: string; env: string | undefined }) {
  const text = useIncident(releaseId, env).data?.body.incident
  if (text === undefined) return null
  return (
    <section class="file" aria-label="For the incident channel">
      <h3 class="file-head">
        For the incident channel
        <Copy text={text} label="the paragraph" />
      </h3>
      <pre class="text">
        <Foreign text={text} />
      </pre>
    </section>
  )
}
