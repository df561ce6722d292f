import { useQueryClient } from '@tanstack/preact-query'
import { useState } from 'preact/hooks'
import type { Answer } from '../../data/client.ts'
import { dropDraft, keepDraft, type MoveDraft, newKey, readDraft } from '../../data/move-draft.ts'
import { type Moved, makeMove, type Sent, usePlan } from '../../data/moves.ts'
import { isOutage, Problem } from '../../data/problem.ts'
import { useSession } from '../../data/session.ts'
import { type Move, nameMove } from '../../model/moves/move-name.ts'

/** What came of the last attempt. */
export type Outcome =
  | { state: 'none' }
  | { state: 'sending' }
  /** There was no answer: it may have happened. */
  | { state: 'lost'; problem: unknown }
  | { state: 'refused'; problem: Problem }
  /** Somebody else moved the definition after the plan was made. */
  | { state: 'overtaken' }
  | { state: 'done'; moved: Moved }

/** A move from its plan to its answer. What was typed stays until there is an answer. */
export function useMove(move: Move, env: string | undefined) {
  const client = useQueryClient()
  const [isForced, setForced] = useState(false)
  const { signedIn } = useSession()
  const plan = usePlan(move, { env, force: isForced && move.verb === 'undo', isOff: !signedIn })
  const { draft, keep } = useDraft(`${nameMove(move)} ${env ?? ''}`)
  const [outcome, setOutcome] = useState<Outcome>(() => ({
    state: draft.sent ? 'lost' : 'none',
    problem: undefined,
  }))
  const settle = async (error: unknown) => {
    if (!(error instanceof Problem) || isUncertain(error))
      return setOutcome({ state: 'lost', problem: error })
    // An answer ends the request: the next one is another request.
    keep({ sent: undefined, key: newKey() })
    const isOvertaken = error.status === 412
    if (isOvertaken || error.status === 409)
      await Promise.all([plan.refetch(), client.invalidateQueries({ queryKey: ['definition'] })])
    setOutcome(isOvertaken ? { state: 'overtaken' } : { state: 'refused', problem: error })
  }
  const send = async (sent: Sent) => {
    const { key } = keep({ sent })
    setOutcome({ state: 'sending' })
    try {
      const { body }: Answer<Moved> = await makeMove(move, sent, key)
      dropDraft(draft.name)
      setOutcome({ state: 'done', moved: body })
      void client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'plan' })
    } catch (error) {
      await settle(error)
    }
  }
  const setReason = (reason: string) => keep({ reason })
  const lookAgain = () => setOutcome({ state: 'none' })
  return { plan, draft, outcome, isForced, setForced, setReason, send, lookAgain }
}

/** A server that failed may have made the move before it did. */
const isUncertain = (problem: Problem) => isOutage(problem) || problem.status >= 500

function useDraft(name: string) {
  const [draft, setDraft] = useState(() => readDraft(name))
  const keep = (changes: Partial<MoveDraft>) => {
    const next = { ...draft, ...changes }
    keepDraft(next)
    setDraft(next)
    return next
  }
  return { draft, keep }
}

export type Moving = ReturnType<typeof useMove>
