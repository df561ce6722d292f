import { decodeJwt, SignJWT } from 'jose'
import * as z from 'zod'

/** An answer with a session, as far as it matters here. */
const sessionShape = z.looseObject({
  access_token: z.string(),
  user: z.looseObject({
    app_metadata: z.record(z.string(), z.unknown()),
    user_metadata: z.record(z.string(), z.unknown()).default({}),
    email: z.string().default(''),
    phone: z.string().default(''),
    is_anonymous: z.boolean().default(false),
  }),
})

/**
 * An answer of Auth whose token has the claims of hosted Auth: lite leaves out `app_metadata`, on which row security and
 * the functions decide who is a publisher.
 */
export async function withClaims(answer: Response, jwtSecret: string): Promise<Response> {
  if (!answer.ok || !answer.headers.get('content-type')?.includes('json')) return answer
  const text = await answer.text()
  const { status, headers } = answer
  const session = sessionShape.safeParse(parsed(text)).data
  if (!session) return new Response(text, { status, headers })
  const { app_metadata, user_metadata, email, phone, is_anonymous } = session.user
  const claims = decodeJwt(session.access_token)
  const whole = { ...claims, email, phone, app_metadata, user_metadata, is_anonymous, aal: 'aal1' }
  const token = await new SignJWT(whole)
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .sign(new TextEncoder().encode(jwtSecret))
  const rest = new Headers(headers)
  rest.delete('content-length')
  return Response.json({ ...session, access_token: token }, { status, headers: rest })
}

/**
 * The check of a code from an email, as lite reads it: hosted Auth calls it `email`, and lite knows only the older name
 * `magiclink`.
 */
export async function withCodeType(request: Request): Promise<Request> {
  if (request.method !== 'POST' || !new URL(request.url).pathname.endsWith('/verify')) return request
  const text = await request.text()
  const { success, data } = z.looseObject({ type: z.literal('email') }).safeParse(parsed(text))
  return new Request(request, { body: success ? JSON.stringify({ ...data, type: 'magiclink' }) : text })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
