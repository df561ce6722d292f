import * as z from 'zod'
import { defineRoute, type RouteCall } from '../../route.ts'
import { notHere, notSignedIn, openSession, requireSessions, sessionAnswer } from '../../session/answers.ts'
import { requireOwnPage } from '../../session/own-page.ts'

const body = z.strictObject({ code: z.string().regex(/^[\w-]{22}$/, 'is not a code of `nofx console`') })

/** `POST /api/session/code`: a session for a code, which is valid once. */
export const signInByCode = defineRoute({
  method: 'POST',
  path: '/api/session/code',
  name: 'signInByCode',
  summary: 'Sign in with the code of `nofx dev` or `nofx console`. Only the own pages may.',
  access: 'public',
  // A code has 128 bits; few guesses are allowed all the same.
  cost: 10,
  previews: false,
  body,
  responses: {
    200: { description: 'The session, with a token of its user.', schema: openSession },
    401: { description: 'The code was used before, has ended, or never was.' },
    403: { description: 'Another page than the own one asks.' },
    404: { description: 'Codes are not accepted here.' },
  },
  handle: async (call: RouteCall<unknown, unknown, z.infer<typeof body>>) => {
    requireOwnPage(call)
    const { url, ports } = call
    const sessions = requireSessions(ports)
    if (!sessions.codes || !(await sessions.waysAt(url)).includes('code'))
      throw notHere('codes are not accepted here')
    const session = await sessions.codes.redeem(call.body.code)
    if (session) return sessionAnswer(session, url)
    throw notSignedIn('the code was used before, or has ended')
  },
})

const oneTimeCode = z.strictObject({ code: z.string(), expiresAt: z.iso.datetime() })

/** `POST /api/session/codes`: a new code, for `nofx console`, which has the secret key. */
export const createSignInCode = defineRoute({
  method: 'POST',
  path: '/api/session/codes',
  name: 'createSignInCode',
  summary: 'Make a code to sign in with, which is valid once and for ten minutes. Only with a secret key.',
  access: 'publisher',
  previews: false,
  body: z.strictObject({}),
  responses: {
    201: { description: 'The code.', schema: oneTimeCode },
    404: { description: 'Codes are not accepted here, or the caller has no secret key.' },
  },
  handle: async ({ ports, principal }: RouteCall) => {
    const { codes } = requireSessions(ports)
    // A token lasts minutes, and a code makes a session of days of it.
    if (!codes || principal?.via !== 'secret') throw notHere('codes are made here with the secret key alone')
    return { status: 201, body: codes.create() }
  },
})
