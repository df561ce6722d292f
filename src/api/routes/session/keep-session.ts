import * as z from 'zod'
import { type Call, defineRoute } from '../../route.ts'
import { notSignedIn, openSession, requireSessions, sessionAnswer } from '../../session/answers.ts'
import { readCookie, setCookie } from '../../session/cookies.ts'
import { requireOwnPage } from '../../session/own-page.ts'

const body = z.strictObject({})

const shared = { method: 'POST', access: 'public', previews: false, body } as const
const refusals = { 403: { description: 'Another page than the own one asks.' } }

/** `POST /api/session/refresh`: the cookie's session, with a new token and a new cookie. */
export const refreshSession = defineRoute({
  ...shared,
  path: '/api/session/refresh',
  name: 'refreshSession',
  summary: 'Renew the session of this browser. Only the own pages may.',
  responses: {
    200: { description: 'The session, with a token of its user.', schema: openSession },
    401: { description: 'This browser is not signed in.' },
    ...refusals,
  },
  handle: async (call: Call<unknown, unknown, z.infer<typeof body>>) => {
    requireOwnPage(call)
    const { headers, url, ports } = call
    const held = readCookie(headers, url, 'session')
    const session = held === undefined ? undefined : await requireSessions(ports).renew(held)
    if (session) return sessionAnswer(session, url)
    throw notSignedIn('this browser is not signed in')
  },
})

/** `POST /api/session/end`: signs this browser out. */
export const endSession = defineRoute({
  ...shared,
  path: '/api/session/end',
  name: 'endSession',
  summary: 'End the session of this browser. Only the own pages may.',
  responses: { 204: { description: 'This browser is not signed in any more.' }, ...refusals },
  handle: async (call: Call<unknown, unknown, z.infer<typeof body>>) => {
    requireOwnPage(call)
    const { headers, url, ports } = call
    const held = readCookie(headers, url, 'session')
    if (held !== undefined) await requireSessions(ports).end(held)
    return { status: 204, cookies: [setCookie(url, 'session')] }
  },
})
