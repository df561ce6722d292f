import * as z from 'zod'
import { denied } from '../../edge/http/refusal.ts'
import type { RouteAnswer } from '../http/answer.ts'
import { refuse } from '../http/problem.ts'
import { setCookie } from './cookies.ts'
import type { OpenSession, Sessions } from './sessions.ts'

/** A session as a page gets it: what renews it is in a cookie that the page cannot read. */
export const openSession = z.strictObject({
  accessToken: z.string().describe('For `Authorization: Bearer …`; keep it in memory alone.'),
  expiresAt: z.iso.datetime(),
  actor: z.string().nullable(),
  publisher: z.boolean(),
})

/** The answer that begins or renews a session. */
export function sessionAnswer({ renewal, ...body }: OpenSession, url: URL): RouteAnswer {
  return { body, cookies: [setCookie(url, 'session', renewal)] }
}

/** @throws Refusal 404 where browsers cannot sign in */
export function requireSessions({ sessions }: { sessions?: Sessions }): Sessions {
  if (sessions) return sessions
  throw notHere('sessions are not kept here')
}

export function notHere(message: string) {
  return refuse(404, 'NOT_FOUND', message, 'see "signIn" of /api/session')
}

/** @param message why the page is not signed in */
export function notSignedIn(message: string) {
  return denied(401, message, 'sign in again')
}
