import { createHash, randomBytes } from 'node:crypto'
import * as z from 'zod'
import { keyMatcher } from '../../../edge/auth/secret-keys.ts'
import { refuse } from '../../http/problem.ts'
import { defineRoute, type RouteCall } from '../../route.ts'
import { notHere, notSignedIn, requireSessions } from '../../session/answers.ts'
import { readCookie, setCookie } from '../../session/cookies.ts'
import { consolePath } from '../../session/own-page.ts'
import type { ProviderSignIn } from '../../session/sessions.ts'

const startQuery = z.strictObject({
  provider: z.enum(['github']).describe('Where to sign in.'),
  to: z.string().min(1).describe('The page of the console to come back to: a path below `/console/`.'),
})

// Auth may add parameters of its own.
const callbackQuery = z.object({
  state: z.string().max(100).optional(),
  code: z.string().max(1_000).optional().describe('What the session is exchanged for.'),
  error: z.string().max(1_000).optional(),
  error_code: z.string().max(1_000).optional(),
  error_description: z.string().max(2_000).optional(),
})

/** A sign-in that has begun, as its cookie keeps it. */
const begun = z.strictObject({ state: z.string(), verifier: z.string(), to: z.string() })

const BACK = '/api/session/callback'

/** `GET /api/session/start`: sends the browser to the provider. */
export const startSignIn = defineRoute({
  method: 'GET',
  path: '/api/session/start',
  name: 'startSignIn',
  summary: 'Begin to sign in at a provider (PKCE), through Supabase Auth.',
  access: 'public',
  previews: false,
  query: startQuery,
  responses: {
    302: { description: 'Redirects to the provider.' },
    404: { description: 'This provider is not enabled here.' },
  },
  handle: async ({ ports, url, query }: RouteCall<unknown, z.infer<typeof startQuery>>) => {
    const to = consolePath(query.to, url)
    const provider = await requireProvider({ ports, url }, query.provider)
    const [state, verifier] = [secret(), secret()]
    const back = new URL(BACK, url.origin)
    back.searchParams.set('state', state)
    const challenge = createHash('sha256').update(verifier).digest('base64url')
    const cookie = Buffer.from(JSON.stringify({ state, verifier, to })).toString('base64url')
    return {
      status: 302,
      headers: { location: provider.address(query.provider, back, challenge).href },
      cookies: [setCookie(url, 'sign-in', cookie)],
    }
  },
})

/** `GET /api/session/callback`: the way back from the provider. */
export const finishSignIn = defineRoute({
  method: 'GET',
  path: BACK,
  name: 'finishSignIn',
  summary: 'Finish to sign in: the provider sends the browser here.',
  access: 'public',
  previews: false,
  query: callbackQuery,
  responses: {
    302: { description: 'Redirects to the page of the console, with the cookie of the session.' },
    401: { description: 'The provider refused, or the code has ended.' },
    404: { description: 'Providers are not enabled here.' },
  },
  handle: async ({ ports, url, query, headers }: RouteCall<unknown, z.infer<typeof callbackQuery>>) => {
    const { provider } = requireSessions(ports)
    if (!provider) throw notHere('providers are not enabled here')
    const { state, verifier, to } = readBegun(readCookie(headers, url, 'sign-in'))
    if (query.state === undefined || !keyMatcher([state])(query.state))
      throw refuse(400, 'BAD_REQUEST', 'state: belongs to another sign-in', 'sign in again from the console')
    const session = query.code === undefined ? undefined : await provider.exchange(query.code, verifier)
    if (!session) throw notSignedIn('the provider did not sign this browser in')
    return {
      status: 302,
      headers: { location: consolePath(to, url) },
      cookies: [setCookie(url, 'session', session.renewal), setCookie(url, 'sign-in')],
    }
  },
})

const secret = () => randomBytes(32).toString('base64url')

async function requireProvider(
  { ports, url }: Pick<RouteCall, 'ports' | 'url'>,
  name: 'github',
): Promise<ProviderSignIn> {
  const sessions = requireSessions(ports)
  if (sessions.provider && (await sessions.waysAt(url)).includes(name)) return sessions.provider
  throw notHere(`${name} is not enabled here`)
}

/** @throws Refusal 400 */
function readBegun(cookie: string | undefined): z.infer<typeof begun> {
  try {
    return begun.parse(JSON.parse(Buffer.from(cookie ?? '', 'base64url').toString('utf8')))
  } catch {
    throw refuse(
      400,
      'BAD_REQUEST',
      'this browser has not begun to sign in, or more than ten minutes ago',
      'sign in again from the console',
    )
  }
}
