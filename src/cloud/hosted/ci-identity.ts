import { decodeJwt } from 'jose'
import { Failure } from '../../contract/failure.ts'
import type { Fetch } from '../../contract/fetch.ts'

/** Where a job of GitHub Actions requests identity tokens, and the audience of the tokens. */
export interface CiEndpoint {
  requestUrl: string
  requestToken: string
  audience: string
}

/** Identity tokens of this job, kept in memory alone. */
export interface CiIdentity {
  /**
   * A token that is valid for at least another minute. A registry accepts a token for one idempotency key only, so a
   * second `key` gets another token; calls without a key (reads, uploads) use any token.
   * @throws Failure REMOTE_DENIED, REMOTE_FAILED
   */
  token(key?: string): Promise<string>
}

interface CachedToken {
  text: Promise<string>
  /** Milliseconds since 1970; Infinity until it is known. */
  expiresAt: number
  key?: string
}

const RENEW_BEFORE_MS = 60_000

/** The identity that GitHub Actions vouches for. Sends no request until a token is needed. */
export function createCiIdentity(endpoint: CiEndpoint, fetch: Fetch, now = Date.now): CiIdentity {
  let cached: CachedToken | undefined
  const ask = (): CachedToken => {
    const cachedToken: CachedToken = { text: request(endpoint, fetch), expiresAt: Number.POSITIVE_INFINITY }
    cachedToken.text.then(
      (text) => {
        cachedToken.expiresAt = (decodeJwt(text).exp ?? 0) * 1000
      },
      () => {
        if (cached === cachedToken) cached = undefined
      },
    )
    return cachedToken
  }
  return {
    token(key) {
      const fits =
        cached && cached.expiresAt - now() > RENEW_BEFORE_MS && (!key || !cached.key || cached.key === key)
      const use = cached && fits ? cached : ask()
      cached = use
      use.key ??= key
      return use.text
    },
  }
}

async function request({ requestUrl, requestToken, audience }: CiEndpoint, fetch: Fetch): Promise<string> {
  const response = await fetch(withAudience(requestUrl, audience), {
    headers: { authorization: `Bearer ${requestToken}`, accept: 'application/json' },
  }).catch((error: Error) => {
    const message = `the CI platform issued no identity token (${error.message})`
    throw new Failure('REMOTE_FAILED', message, 'run the job again')
  })
  const token = response.ok ? await tokenIn(response) : undefined
  if (token) return token
  throw new Failure(
    'REMOTE_DENIED',
    `the CI platform issued no identity token (HTTP ${response.status})`,
    'give the job "permissions: id-token: write", or set SUPABASE_SECRET_KEY',
  )
}

function withAudience(requestUrl: string, audience: string): URL {
  if (!URL.canParse(requestUrl))
    throw new Failure(
      'CONFIG',
      'ACTIONS_ID_TOKEN_REQUEST_URL is not a URL',
      'leave it as GitHub Actions sets it',
    )
  const url = new URL(requestUrl)
  url.searchParams.set('audience', audience)
  return url
}

async function tokenIn(response: Response): Promise<string | undefined> {
  try {
    const { value } = (await response.json()) as { value: string }
    decodeJwt(value)
    return value
  } catch {
    return undefined
  }
}
