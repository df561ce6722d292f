import { useEffect, useState } from 'preact/hooks'
import { api, receive } from './client.ts'
import { newKey } from './move-draft.ts'
import { isOutage, Problem } from './problem.ts'
import type { KindId } from './queries.ts'

/** A plan, as the server answers it. */
export type PlanDocument = Readonly<Record<string, unknown>> & {
  planId?: string
  createdAt?: string
  replayed?: boolean
}

/** What a plan is made from. It may hold secrets: it is sent, and kept nowhere. */
export interface Wanted {
  kind: string
  id: string
  env?: string
  parameters: Record<string, unknown>
}

interface Manner {
  dryRun: boolean
  key?: string
  signal?: AbortSignal
}

async function post({ kind, id, env, parameters }: Wanted, { dryRun, key, signal }: Manner) {
  const params = { path: { kind: kind as KindId, id }, query: { env }, header: { 'Idempotency-Key': key } }
  const sent = api.POST('/api/{kind}/{id}/instantiate', { params, body: { parameters, dryRun }, signal })
  return (await receive(sent)).body as PlanDocument
}

/** How long nothing is typed before the server is asked, in ms. */
const PAUSE = 300

export interface Trial {
  plan?: PlanDocument
  problem?: unknown
  isBusy: boolean
}

/** The plan that the parameters would make, a moment after the last change. */
export function useTrial(wanted: Wanted, isOff: boolean): Trial {
  const [trial, setTrial] = useState<Trial>({ isBusy: true })
  const { kind, id, env } = wanted
  const text = JSON.stringify(wanted.parameters)
  useEffect(() => {
    if (isOff) return undefined
    const stop = new AbortController()
    setTrial((before) => ({ ...before, isBusy: true }))
    const timer = setTimeout(() => {
      const parameters = JSON.parse(text) as Record<string, unknown>
      post({ kind, id, env, parameters }, { dryRun: true, signal: stop.signal }).then(
        (plan) => setTrial({ plan, isBusy: false }),
        (problem) => stop.signal.aborted || setTrial({ problem, isBusy: false }),
      )
    }, PAUSE)
    return () => {
      clearTimeout(timer)
      stop.abort()
    }
  }, [text, kind, id, env, isOff])
  return trial
}

/** What came of making the plan. */
export type Making =
  | { state: 'none' | 'sending' }
  | { state: 'lost' | 'refused'; problem: unknown }
  | { state: 'made'; plan: PlanDocument }

/** Makes the plan. While its answer is missing, the same key makes a repetition give the same plan. */
export function useMaking(afterwards: () => void) {
  const [making, setMaking] = useState<Making>({ state: 'none' })
  const [key, setKey] = useState(newKey)
  const make = async (wanted: Wanted) => {
    setMaking({ state: 'sending' })
    try {
      const plan = await post(wanted, { dryRun: false, key })
      setMaking({ state: 'made', plan })
      afterwards()
    } catch (problem) {
      const isLost = isOutage(problem) || (problem instanceof Problem && problem.status >= 500)
      setMaking({ state: isLost ? 'lost' : 'refused', problem })
      if (isLost) return
    }
    setKey(newKey())
  }
  // Other values are another request.
  const again = () => {
    setMaking({ state: 'none' })
    setKey(newKey())
  }
  return { making, make, again }
}
