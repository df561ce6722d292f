import { setTimeout as sleep } from 'node:timers/promises'
import { webhookUrlProblem } from '../../contract/protocol/webhook-url.ts'
import { type Send, Unsent } from '../../edge/forward/send.ts'
import { createPinnedSend } from './send-pinned.ts'

/** Whether a deploy hook was called. The reason names neither the hook's URL nor its host: its holder can deploy. */
export type Rung = { rung: true; tries: number } | { rung: false; tries: number; reason: string }

/** Notifies a site that is built from the registry of a change. Never rejects: the change has happened already. */
export type DeployHook = () => Promise<Rung>

export interface DeployHookOptions {
  /** Whether a hook on this machine may be called, over http too. */
  loopback?: boolean
  /** Time limit for all attempts, milliseconds. */
  withinMs?: number
  /** Time limit for one attempt, milliseconds. */
  tryMs?: number
  /** The pause before the second attempt, milliseconds; it doubles with each attempt. */
  firstPauseMs?: number
  /** Cancels the call at once. */
  signal?: AbortSignal
}

/** The environment variable with the hook's URL, for the CLI and for a deployment of the API. */
export const DEPLOY_HOOK = 'NOFX_DEPLOY_HOOK_URL'

const EMPTY = { headers: { 'user-agent': 'nofx' }, body: '' }

/** The deploy hook that the environment names; undefined when it names none. */
export function createDeployHook(
  env: Record<string, string | undefined>,
  options: DeployHookOptions = {},
): DeployHook | undefined {
  const url = env[DEPLOY_HOOK]?.trim()
  return url ? () => ringDeployHook(url, options) : undefined
}

/**
 * Posts to a deploy hook in Vercel's form; a 2xx status means success. A missing answer, 429 and 5xx are retried while
 * time remains. A redirect is not followed: it would pass the secret to another host.
 */
export async function ringDeployHook(url: string, options: DeployHookOptions = {}): Promise<Rung> {
  const { loopback = false, withinMs = 20_000, tryMs = 6_000, firstPauseMs = 500, signal } = options
  const problem = webhookUrlProblem(url, { loopback })
  if (problem) return { rung: false, tries: 0, reason: `${DEPLOY_HOOK} is not a public https URL` }
  const send = createPinnedSend({ loopback })
  const until = Date.now() + withinMs
  for (let tries = 1; ; tries++) {
    const late = AbortSignal.timeout(Math.max(1, Math.min(tryMs, until - Date.now())))
    const outcome = await tryOnce(send, url, signal ? AbortSignal.any([signal, late]) : late)
    if (outcome === 'taken') return { rung: true, tries }
    if (signal?.aborted) return { rung: false, tries, reason: 'it was interrupted' }
    const pause = firstPauseMs * 2 ** (tries - 1) * (0.5 + Math.random() / 2)
    // An attempt with next to no time left would fail for that alone, and hide why the others failed.
    if (!outcome.again || Date.now() + pause >= until - withinMs / 10)
      return { rung: false, tries, reason: outcome.reason }
    await sleep(pause, undefined, { signal }).catch(() => {})
  }
}

async function tryOnce(
  send: Send,
  url: string,
  signal: AbortSignal,
): Promise<'taken' | { again: boolean; reason: string }> {
  try {
    const status = await send({ url, ...EMPTY }, signal)
    if (status >= 200 && status < 300) return 'taken'
    return { again: status === 429 || status >= 500, reason: `it answered ${status}` }
  } catch (error) {
    const reason = error instanceof Unsent ? error.message : 'it cannot be reached'
    return { again: true, reason }
  }
}
