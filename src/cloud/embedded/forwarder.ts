import { createForwardHandler } from '../../edge/forward/handle.ts'
import { createPinnedSend } from '../hosted/send-pinned.ts'
import type { CallFunction } from '../registry/post-function.ts'
import type { Cloud } from './open-cloud.ts'

export interface EmbeddedForwarderOptions {
  /** Secrets of the deployments among the destinations. */
  secrets?: readonly string[]
  /** Whether a request carries the secret key; without this option every caller is trusted. */
  isTrusted?: (request: Request) => boolean
  /** Cancels deliveries under way; they stay due. */
  signal?: AbortSignal
  log?: (line: Record<string, unknown>) => void
}

/** Time limit of one delivery run, milliseconds. The platform sets none here, and the next run follows soon. */
const BUDGET_MS = 10_000

/**
 * The forwarder over an open cloud, in this process. The registry
 * is a developer's own, so a destination may be on this machine.
 */
export function createLocalForwarder(
  { client }: Pick<Cloud, 'client'>,
  { secrets = [], isTrusted, signal, log }: EmbeddedForwarderOptions = {},
): CallFunction {
  return createForwardHandler({
    rpc: async (name, args) => client.rpc(name, args),
    send: createPinnedSend({ loopback: true }),
    loopback: true,
    secrets,
    budgetMs: BUDGET_MS,
    isTrusted,
    signal,
    log,
  })
}
