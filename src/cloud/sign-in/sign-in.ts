import type { Session } from '@supabase/supabase-js'
import { decodeJwt } from 'jose'
import * as z from 'zod'
import { Failure } from '../../contract/failure.ts'
import { type AuthPlace, alone, authClient, withoutConsole } from './auth-client.ts'
import { authFailure, signInEnded } from './auth-failure.ts'
import { type PlaceEnv, readSignIn, removeSignIn } from './sign-in-store.ts'

/** A user as a token names it. Only the registry can tell whether the token is still valid. */
export interface TokenUser {
  id: string
  email?: string
  /** Whether the token has the role that a publish needs. */
  publisher: boolean
  /** When the token expires, ISO 8601 in UTC. */
  expiresAt: string
}

/** Proof that an email address belongs to the user: a password, or the code that was sent to the address. */
export type Proof = { password: string } | { code: string }

/** How long a token has to be valid when it is used, milliseconds: less than the time at which supabase-js renews it. */
const RENEW_BEFORE_MS = 60_000

const claimsShape = z.object({
  sub: z.string(),
  email: z.string().optional(),
  exp: z.number(),
  app_metadata: z.object({ nofx_role: z.string().optional() }).optional(),
})

/**
 * Signs a user in and stores the session.
 * @throws Failure REMOTE_DENIED, REMOTE_FAILED
 */
export async function signIn(place: AuthPlace, email: string, proof: Proof): Promise<TokenUser> {
  return alone(place, async () => {
    // A stored sign-in that cannot be read must not keep its owner from replacing it.
    storedOrBroken(place.env, place.url)
    const { auth } = authClient(place)
    const { data, error } =
      'password' in proof
        ? await auth.signInWithPassword({ email, password: proof.password })
        : await auth.verifyOtp({ email, token: proof.code, type: 'email' })
    if (error) throw authFailure(place.url, 'sign in', error)
    if (!data.session) throw authFailure(place.url, 'sign in', { message: 'it gave no session', status: 500 })
    return readToken(data.session.access_token)
  })
}

/**
 * Sends a code to the address of a user that exists.
 * @throws Failure REMOTE_DENIED, REMOTE_FAILED
 */
export async function sendCode(place: AuthPlace, email: string): Promise<void> {
  const { auth } = authClient(place)
  const request = { email, options: { shouldCreateUser: false } }
  const { error } = await withoutConsole(() => auth.signInWithOtp(request))
  if (error) throw authFailure(place.url, 'send a code', error)
}

/**
 * Ends the stored session, and removes it from this machine in any case.
 * @returns whether there was a sign-in, and why Auth could not end the session, if it could not
 */
export async function signOut(env: PlaceEnv, url: string): Promise<{ signedIn: boolean; trouble?: string }> {
  const storedSignIn = storedOrBroken(env, url)
  if (!storedSignIn) return { signedIn: false }
  const place = { env, url, key: storedSignIn.key }
  return alone(place, async () => {
    const ended = storedSignIn.session ? await authClient(place).auth.signOut({ scope: 'local' }) : undefined
    removeSignIn(env, url)
    return { signedIn: true, ...(ended?.error ? { trouble: ended.error.message } : {}) }
  })
}

/** A file that cannot be read as a sign-in is removed by a sign-out too. */
function storedOrBroken(env: PlaceEnv, url: string) {
  try {
    return readSignIn(env, url)
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'CONFIG') throw error
    removeSignIn(env, url)
    return undefined
  }
}

/** Tokens for calls to a registry: valid for at least another minute. */
export interface Tokens {
  token(): Promise<string>
  /** A new token in place of one that is still valid, where there is a session to renew. */
  renew?(): Promise<string>
}

/**
 * The tokens of the stored sign-in. An expired token is refreshed by one process at a time, and kept for the others.
 * @throws Failure REMOTE_DENIED when the sign-in has ended, REMOTE_FAILED
 */
export function storedTokens(env: PlaceEnv, url: string): Tokens {
  let token: { text: string; until: number } | undefined
  let pending: Promise<string> | undefined
  const ask = async (isNew = false): Promise<string> => {
    const { access_token: text, expires_at: expiry = 0 } = await currentSession(env, url, isNew)
    token = { text, until: expiry * 1000 - RENEW_BEFORE_MS }
    return text
  }
  return {
    token: async () => {
      if (token && Date.now() < token.until) return token.text
      pending ??= ask().finally(() => {
        pending = undefined
      })
      return pending
    },
    renew: () => ask(true),
  }
}

async function currentSession(env: PlaceEnv, url: string, isNew: boolean): Promise<Session> {
  const storedSignIn = readSignIn(env, url)
  if (!storedSignIn?.session) throw signInEnded(url)
  const place = { env, url, key: storedSignIn.key }
  const { data, error } = await alone(place, async () => {
    const { auth } = authClient(place)
    return isNew ? await auth.refreshSession() : await auth.getSession()
  })
  if (data.session) return data.session
  throw error && (error.status === undefined || error.status === 0 || error.status >= 429)
    ? authFailure(url, 'refresh the sign-in', error)
    : signInEnded(url)
}

/**
 * The user that a token names, without a check of its signature.
 * @throws Failure CONFIG for a token without these claims
 */
export function readToken(token: string): TokenUser {
  const claims = readClaims(token)
  if (!claims) throw new Failure('CONFIG', "the token is not a user's access token", 'nofx login')
  const { sub: id, email, exp, app_metadata: meta } = claims
  const publisher = meta?.nofx_role === 'publisher'
  return { id, ...(email ? { email } : {}), publisher, expiresAt: new Date(exp * 1000).toISOString() }
}

function readClaims(token: string) {
  try {
    return claimsShape.safeParse(decodeJwt(token)).data
  } catch {
    return undefined
  }
}
