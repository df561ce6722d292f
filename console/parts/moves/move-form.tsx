import { useId, useState } from 'preact/hooks'
import type { Plan, Sent } from '../../data/moves.ts'
import type { Move } from '../../model/moves/move-name.ts'
import { commandOf, confirmationOf, needsReason, wordsOf } from '../../model/moves/move-words.ts'
import { ProblemView } from '../states/problem.tsx'
import { Skeleton } from '../states/skeleton.tsx'
import { Command } from '../words/copy.tsx'
import { NewerDraft } from './move-notice.tsx'
import { NameList, PlanChanges, PlanView } from './plan-view.tsx'
import type { Moving } from './use-move.ts'
import { useObstacle } from './use-obstacle.ts'

interface MoveFormProps {
  move: Move
  moving: Moving
  env: string | undefined
  close: () => void
}

/** The plan, a reason, and the button that makes the move. */
export function MoveForm({ move, moving, env, close }: MoveFormProps) {
  const { plan, draft, outcome, isForced } = moving
  const [typed, setTyped] = useState('')
  // A plan says nothing about a move that may have been made already.
  const data = outcome.state === 'lost' || plan.error ? undefined : plan.data
  const missing = useObstacle() ?? missingIn({ move, moving, typed })
  const version = versionFor(move, data)
  const reason = draft.reason.trim()
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (missing === undefined && data)
      void moving.send({ reason, force: isForced, version, etag: data.etag, env })
  }
  return (
    <form class="sheet-form" onSubmit={submit}>
      {outcome.state !== 'lost' && <PlanState move={move} moving={moving} env={env} />}
      {data && <Force breaks={data.breaks} moving={moving} />}
      <Reason move={move} moving={moving} />
      {data && hasHighRisks(data) && <Confirmation move={move} typed={typed} setTyped={setTyped} />}
      {data && <PlanChanges move={move} plan={data} />}
      <div class="sheet-foot">
        <div class="sheet-buttons">
          <SubmitButton
            move={move}
            missing={missing}
            isBusy={outcome.state === 'sending'}
            version={version}
          />
          <button type="button" onClick={close}>
            Cancel
          </button>
          <span id="move-missing" class="soft" role="status">
            {missing}
          </span>
        </div>
        <Command text={commandOf(move, { reason, force: isForced, env, to: version })} />
      </div>
    </form>
  )
}

interface SubmitProps {
  move: Move
  missing: string | undefined
  isBusy: boolean
  version: number | undefined
}

function SubmitButton({ move, missing, isBusy, version }: SubmitProps) {
  return (
    <button
      type="submit"
      class="is-primary"
      aria-disabled={missing !== undefined}
      aria-describedby="move-missing"
    >
      {isBusy ? 'Sending…' : wordsOf(move).button}
      {move.verb === 'rollback' && version ? ` to v${version}` : ''}
    </button>
  )
}

/** The version that the move is bound to, so that it does what its plan says. */
function versionFor(move: Move, plan: Plan | undefined): Sent['version'] {
  if (move.verb !== 'rollback' && move.verb !== 'promote') return undefined
  return move.version ?? plan?.items[0]?.to ?? undefined
}

const hasHighRisks = ({ items }: Plan) =>
  items.some(({ risks }) => risks.some(({ level }) => level === 'high'))

interface Parts {
  move: Move
  moving: Moving
  typed: string
}

/** What is missing before the move can be made; undefined if nothing is. */
function missingIn({ move, moving: { plan, draft, outcome, isForced }, typed }: Parts): string | undefined {
  const { data } = plan
  if (outcome.state === 'sending') return 'Waiting for the answer.'
  if (outcome.state === 'lost') return 'An answer is missing: try again above.'
  if (plan.error) return 'There is no plan.'
  if (!data || plan.isFetching) return 'Making the plan.'
  if (data.items.length === 0) return 'Nothing would move.'
  if (outcome.state === 'overtaken') return 'Look at the new plan first.'
  if (data.breaks.length > 0 && !isForced) return 'Live definitions would break.'
  if (needsReason(move) && draft.reason.trim() === '') return 'A reason is missing.'
  if (hasHighRisks(data) && typed !== confirmationOf(move)) return `Type ${confirmationOf(move)} first.`
  return undefined
}

function PlanState({ move, env, moving }: Pick<MoveFormProps, 'move' | 'moving' | 'env'>) {
  const { plan, isForced, setForced } = moving
  if (plan.error)
    return (
      <>
        <ProblemView error={plan.error} retry={() => plan.refetch()} />
        {move.verb === 'promote' && <NewerDraft move={move} env={env} />}
        {move.verb === 'undo' && (
          <label class="check">
            <input type="checkbox" checked={isForced} onChange={() => setForced(!isForced)} />
            Undo it although definitions moved since
          </label>
        )}
      </>
    )
  if (!plan.data) return plan.isFetching ? <Skeleton rows={4} /> : null
  return <PlanView move={move} plan={plan.data} />
}

/** Breaking definitions is a decision of its own, and names them. */
function Force({ breaks, moving: { isForced, setForced } }: { breaks: readonly string[]; moving: Moving }) {
  if (breaks.length === 0) return null
  return (
    <label class="check is-danger">
      <input type="checkbox" checked={isForced} onChange={() => setForced(!isForced)} />
      <span>
        Go on, although this breaks <NameList names={breaks} />
      </span>
    </label>
  )
}

function Reason({ move, moving: { draft, outcome, setReason } }: Pick<Parts, 'move' | 'moving'>) {
  const id = useId()
  return (
    <div class="stacked">
      <label for={id}>
        Reason {needsReason(move) ? <span class="soft">needed</span> : <span class="soft">optional</span>}
      </label>
      <textarea
        id={id}
        rows={2}
        value={draft.reason}
        required={needsReason(move)}
        readOnly={outcome.state === 'lost' || outcome.state === 'sending'}
        onInput={({ currentTarget }) => setReason(currentTarget.value)}
        aria-describedby={`${id}-help`}
      />
      <span id={`${id}-help`} class="soft">
        goes into the history, where everybody with the role reads it
      </span>
    </div>
  )
}

interface ConfirmationProps {
  move: Move
  typed: string
  setTyped: (text: string) => void
}

/** A move with high risks is not made by a click alone. */
function Confirmation({ move, typed, setTyped }: ConfirmationProps) {
  return (
    <label class="stacked">
      <span>
        High risks come: type <code>{confirmationOf(move)}</code> to go on
      </span>
      <input
        value={typed}
        autocomplete="off"
        spellcheck={false}
        onInput={({ currentTarget }) => setTyped(currentTarget.value)}
      />
    </label>
  )
}
