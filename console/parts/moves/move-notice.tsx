import { useEffect, useRef } from 'preact/hooks'
import { useLocation, useSearch } from 'wouter-preact'
import { SESSION_ENDED } from '../../data/problem.ts'
import { useDefinition } from '../../data/queries.ts'
import { useSession } from '../../data/session.ts'
import { withQuery } from '../../model/address/url-state.ts'
import { type Move, nameMove } from '../../model/moves/move-name.ts'
import { SignInWays } from '../session/sign-in-ways.tsx'
import { ProblemView } from '../states/problem.tsx'
import { Foreign } from '../words/foreign.tsx'
import { Time } from '../words/time.tsx'
import type { Moving } from './use-move.ts'

interface NoticeProps {
  move: Move
  moving: Moving
  env: string | undefined
}

/** What came in between: the session ended, an answer is missing, somebody else was faster, or the server refuses. */
export function MoveNotice({ move, moving, env }: NoticeProps) {
  const { outcome, draft, plan, send } = moving
  const { hasEnded, isKnown, signedIn } = useSession()
  if (isKnown && !signedIn) return <SignInNotice hasEnded={hasEnded} />
  if (outcome.state === 'lost' && draft.sent) {
    const { sent } = draft
    return <LostNotice problem={outcome.problem} again={() => void send(sent)} />
  }
  if (outcome.state === 'overtaken' && move.verb !== 'undo' && !plan.error)
    return <OvertakenNotice move={move} env={env} look={moving.lookAgain} />
  if (outcome.state === 'refused' && outcome.problem.code !== SESSION_ENDED && !plan.error)
    return <ProblemView error={outcome.problem} />
  return null
}

/** In the form itself: what was typed stays where it is. */
function SignInNotice({ hasEnded }: { hasEnded: boolean }) {
  const [path] = useLocation()
  const search = useSearch()
  return (
    <section class="notice is-attention-bar" role="alert">
      <p>
        {hasEnded
          ? 'Your session has ended. What you typed stays here.'
          : 'Only publishers move definitions.'}
      </p>
      <SignInWays to={`${path}?${search}`} keepsPage />
    </section>
  )
}

function LostNotice({ problem, again }: { problem: unknown; again: () => void }) {
  const reason = problem instanceof Error ? problem.message : 'the page was left before the answer came'
  return (
    <section class="notice is-attention-bar" role="alert">
      <p>
        No answer came: {reason}. The move may have been made. To try again is safe: it is made once, and a
        repetition gives the first answer.
      </p>
      <button type="button" onClick={again}>
        Try again
      </button>
    </section>
  )
}

interface OvertakenProps {
  move: Exclude<Move, { verb: 'undo' }>
  env: string | undefined
  look: () => void
}

/** Who was faster; the plan below is a new one, and wants a second look. */
function OvertakenNotice({ move: { kind, id }, env, look }: OvertakenProps) {
  const { data } = useDefinition(kind, id, { env })
  const box = useRef<HTMLElement>(null)
  useEffect(() => box.current?.focus(), [])
  const head = data?.body
  return (
    <section class="notice is-attention-bar" role="alert" ref={box} tabIndex={-1}>
      <p>
        <Foreign text={head?.actor ?? 'Somebody'} /> moved it
        {head && (
          <>
            {' '}
            to <strong>v{head.version}</strong> ({head.status}) <Time iso={head.updatedAt} />
          </>
        )}
        {head?.reason && (
          <>
            {': “'}
            <Foreign text={head.reason} />”
          </>
        )}
        . Nothing of yours was written, and the plan below is new.
      </p>
      <button type="button" onClick={look}>
        I have looked at the new plan
      </button>
    </section>
  )
}

/** A draft that came after the one that was looked at. */
export function NewerDraft({ move, env }: Pick<OvertakenProps, 'move' | 'env'>) {
  const { data } = useDefinition(move.kind, move.id, { env })
  const [path, navigate] = useLocation()
  const search = useSearch()
  const newest = data?.body.draftVersion
  if (!newest || newest === move.version) return null
  const show = () =>
    navigate(path + withQuery(search, { move: nameMove({ ...move, version: newest }) }), { replace: true })
  return (
    <p>
      <button type="button" onClick={show}>
        Look at draft v{newest}
      </button>
    </p>
  )
}
