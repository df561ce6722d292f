import { createClient } from '@supabase/supabase-js'
import { readSecrets } from '../../contract/protocol/signature.ts'
import { keyMatcher, readSecretKeys } from '../auth/secret-keys.ts'
import { withoutRealtime } from '../http/client-options.ts'
import { createForwardHandler } from './handle.ts'
import { createSend, type Resolve } from './send.ts'

export interface ForwardFunctionOptions {
  /** `SUPABASE_URL`, `SUPABASE_SECRET_KEYS` or `SUPABASE_SECRET_KEY`; `NOFX_EVENTS_SECRET` to send to deployments. */
  env: Record<string, string | undefined>
  resolve: Resolve
  fetch?: typeof globalThis.fetch
  log?: (line: Record<string, unknown>) => void
}

/**
 * Time limit of a call, milliseconds: a schedule calls again, and
 * the platform ends a function without an answer after 150 s.
 */
const BUDGET_MS = 60_000

/**
 * The whole edge function `registry_events_forward`.
 * @throws Error when the environment lacks the project's URL or keys, or holds an invalid secret
 */
export function createForwardFunction({
  env,
  resolve,
  fetch = globalThis.fetch,
  log,
}: ForwardFunctionOptions): (request: Request) => Promise<Response> {
  const url = env.SUPABASE_URL?.replace(/\/+$/, '')
  if (!url) throw new Error('SUPABASE_URL is not set')
  const secretKeys = readSecretKeys(env)
  const isSecret = keyMatcher(secretKeys)
  const client = createClient(url, secretKeys[0], withoutRealtime(fetch))
  return createForwardHandler({
    rpc: async (name, args) => client.rpc(name, args),
    send: createSend(fetch, resolve, { loopback: false }),
    loopback: false,
    secrets: eventsSecrets(env),
    isTrusted: ({ headers }) => {
      const bearer = /^Bearer\s+(\S+)$/i.exec(headers.get('authorization') ?? '')?.[1]
      return [headers.get('apikey') ?? '', bearer ?? ''].map(isSecret).includes(true)
    },
    budgetMs: BUDGET_MS,
    log,
  })
}

function eventsSecrets({ NOFX_EVENTS_SECRET: text }: ForwardFunctionOptions['env']): string[] {
  try {
    return readSecrets(text)
  } catch (error) {
    throw new Error(`NOFX_EVENTS_SECRET ${(error as Error).message}`)
  }
}
