import * as z from 'zod'
import { Failure } from '../../contract/failure.ts'
import type { Fetch } from '../../contract/fetch.ts'
import type { OpenSession, Sessions } from './sessions.ts'

export interface HostedSessionsOptions {
  /** The project's URL. */
  url: string
  publishableKey: string
  fetch: Fetch
  /** Providers to offer, as far as the project has enabled them. */
  providers: readonly 'github'[]
  /** Whether to accept a password. */
  password: boolean
}

const grant = z.object({
  access_token: z.string().min(1).max(10_000),
  refresh_token: z
    .string()
    .min(1)
    .max(1_000)
    .regex(/^[\w.~-]+$/),
  expires_in: z.number().positive(),
  user: z.object({
    email: z.string().max(1_000).nullish(),
    app_metadata: z.record(z.string(), z.unknown()).nullish(),
  }),
})

/** The sessions of a deployment: those of Supabase Auth, which keeps and rotates them. */
export function createHostedSessions(options: HostedSessionsOptions): Sessions {
  const { url, providers, password } = options
  const enabled = rememberEnabled(options)
  const renew = (refresh_token: string) => askToken(options, 'refresh_token', { refresh_token })
  return {
    async waysAt() {
      const enabledWays = await enabled()
      const offered = providers.filter((name) => enabledWays?.[name] ?? true)
      return [...offered, ...(password && (enabledWays?.email ?? true) ? (['password'] as const) : [])]
    },
    renew,
    async end(renewal) {
      const session = await renew(renewal)
      if (session) await signOut(options, session.accessToken)
    },
    provider: {
      address(provider, back, challenge) {
        const address = new URL(`${url}/auth/v1/authorize`)
        address.search = new URLSearchParams({
          provider,
          redirect_to: back.href,
          code_challenge: challenge,
          code_challenge_method: 's256',
        }).toString()
        return address
      },
      exchange: (auth_code, code_verifier) => askToken(options, 'pkce', { auth_code, code_verifier }),
    },
    ...(password
      ? {
          password: (email: string, secret: string) =>
            askToken(options, 'password', { email, password: secret }),
        }
      : {}),
  }
}

const settings = z.object({ external: z.object({ github: z.boolean(), email: z.boolean() }).partial() })
type Enabled = z.infer<typeof settings>['external']

/** How long an answer of Auth about its settings is used, and an answer that did not come, in milliseconds. */
const KNOWN_FOR = 5 * 60_000
const UNKNOWN_FOR = 10_000

/** What the project has enabled; undefined while Auth does not say, so that a sign-in is still tried. */
function rememberEnabled({ url, publishableKey, fetch }: HostedSessionsOptions) {
  let last: { until: number; answer: Promise<Enabled | undefined> } | undefined
  const read = async (): Promise<Enabled | undefined> => {
    const headers = { apikey: publishableKey }
    const answer = await fetch(`${url}/auth/v1/settings`, { headers, redirect: 'error' }).catch(
      () => undefined,
    )
    return answer?.ok
      ? settings.safeParse(await answer.json().catch(() => undefined)).data?.external
      : undefined
  }
  return async (): Promise<Enabled | undefined> => {
    if (last && last.until > Date.now()) return last.answer
    const entry = { until: Date.now() + KNOWN_FOR, answer: read() }
    last = entry
    const answer = await entry.answer
    if (!answer) entry.until = Date.now() + UNKNOWN_FOR
    return answer
  }
}

/**
 * Asks Auth for a session. Undefined: Auth refuses.
 * @throws Failure REMOTE_FAILED when Auth does not answer, or not as Auth does
 */
async function askToken(
  options: HostedSessionsOptions,
  type: 'refresh_token' | 'pkce' | 'password',
  body: Record<string, string>,
): Promise<OpenSession | undefined> {
  const answer = await ask(options, `token?grant_type=${type}`, { body: JSON.stringify(body) })
  if (answer.status >= 400 && answer.status < 500 && answer.status !== 429) return undefined
  const read = answer.ok ? grant.safeParse(await answer.json().catch(() => undefined)) : undefined
  if (!read?.success) throw failed(`answered ${answer.status}`)
  const { access_token, refresh_token, expires_in, user } = read.data
  return {
    accessToken: access_token,
    expiresAt: new Date(Date.now() + expires_in * 1000).toISOString(),
    actor: user.email || null,
    publisher: user.app_metadata?.nofx_role === 'publisher',
    renewal: refresh_token,
  }
}

/** Ends this session alone, not the others of the user. */
async function signOut(options: HostedSessionsOptions, token: string): Promise<void> {
  const answer = await ask(options, 'logout?scope=local', { token })
  if (!answer.ok && answer.status >= 500) throw failed(`answered ${answer.status}`)
}

async function ask(
  { url, publishableKey, fetch }: HostedSessionsOptions,
  path: string,
  { body, token }: { body?: string; token?: string },
): Promise<Response> {
  const headers = {
    apikey: publishableKey,
    'content-type': 'application/json',
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  }
  try {
    return await fetch(`${url}/auth/v1/${path}`, { method: 'POST', headers, body, redirect: 'error' })
  } catch (error) {
    throw failed('does not answer', error)
  }
}

function failed(what: string, cause?: unknown): Failure {
  return new Failure('REMOTE_FAILED', `Supabase Auth ${what}`, 'try again in a few seconds', { cause })
}
