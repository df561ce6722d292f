import * as z from 'zod'
import { type Call, defineRoute } from '../../route.ts'
import { notHere, notSignedIn, openSession, requireSessions, sessionAnswer } from '../../session/answers.ts'
import { requireOwnPage } from '../../session/own-page.ts'

const body = z.strictObject({ email: z.string().min(1).max(320), password: z.string().min(1).max(1_000) })

/** `POST /api/session/password`: a session for a password, where the deployment accepts it. */
export const signInByPassword = defineRoute({
  method: 'POST',
  path: '/api/session/password',
  name: 'signInByPassword',
  summary: 'Sign in with a password, where the deployment accepts it. Only the own pages may.',
  access: 'public',
  cost: 30,
  previews: false,
  body,
  responses: {
    200: { description: 'The session, with a token of its user.', schema: openSession },
    401: { description: 'The name or the password is wrong.' },
    403: { description: 'Another page than the own one asks.' },
    404: { description: 'Passwords are not accepted here.' },
  },
  handle: async (call: Call<unknown, unknown, z.infer<typeof body>>) => {
    requireOwnPage(call)
    const { url, ports } = call
    const { password: signIn } = requireSessions(ports)
    if (!signIn) throw notHere('passwords are not accepted here')
    const session = await signIn(call.body.email, call.body.password)
    if (session) return sessionAnswer(session, url)
    throw notSignedIn('the name or the password is wrong')
  },
})
