import { createForwardHandler } from '../../edge/forward/handle.ts'
import { createPinnedSend } from '../hosted/send-pinned.ts'
import type { CallFunction } from '../registry/post-function.ts'
import type { Cloud } from './open-cloud.ts'

export interface EmbeddedForwarderOptions {
  /** Of the deployments among the destinations. */
  secrets?: readonly string[]
  /** Whether a request carries the secret key; without it every caller is trusted. */
  isTrusted?: (request: Request) => boolean
  /** Ends what is under way, unsettled. */
  signal?: AbortSignal
  log?: (line: Record<string, unknown>) => void
}

/** How long one delivery run may take here, where nobody ends it: the next one is soon, milliseconds. */
const BUDGET_MS = 10_000

/**
 * The forwarder over an open cloud, in this process. It is a developer's own registry, so this machine itself may be
 * a destination.
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
