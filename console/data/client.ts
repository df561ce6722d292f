import createClient from 'openapi-fetch'
import type { operations, paths } from '../generated/api.d.ts'
import { learnTime } from './clock.ts'
import { Problem, type ProblemBody, SESSION_ENDED } from './problem.ts'
import { accessToken, currentSession, renewToken } from './session.ts'

/** Calls the API of this page's own origin, as the signed-in person if there is one. */
export const api = createClient<paths>({ baseUrl: location.origin, fetch: fetchAsUser })

/** A successful answer, with the parts of its head that the console uses. */
export interface Answer<Body> {
  body: Body
  /** Identifies the state that was read; a move is made under it. */
  etag?: string
}

/** A type of the document as answers have it: the client gives a pair as a list. */
export type Received<T> = T extends readonly (infer One)[]
  ? Received<One>[]
  : T extends object
    ? { [Name in keyof T]: Received<T[Name]> }
    : T

/** The body of an operation's answer 200. */
export type Ok<Name extends keyof operations> = operations[Name]['responses'] extends {
  200: { content: { 'application/json': infer Body } }
}
  ? Received<Body>
  : never

type Result<Body> = { data?: Body; error?: unknown; response: Response }

/**
 * Waits for an answer.
 * @throws Problem for a refusal, and with the status 0 when there was no answer
 */
export async function receive<Body>(result: Promise<Result<Body>>): Promise<Answer<Body>> {
  const { data, error, response } = await result.catch((cause) => {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause
    throw new Problem(0, { code: 'OFFLINE', detail: 'the server does not answer' })
  })
  learnTime(response.headers.get('date'))
  if (error !== undefined || data === undefined) throw problemOf(response, error)
  return { body: data, etag: response.headers.get('etag') ?? undefined }
}

function problemOf(response: Response, error: unknown): Problem {
  const seconds = Number(response.headers.get('retry-after'))
  const body = typeof error === 'object' && error !== null ? (error as ProblemBody) : {}
  return new Problem(response.status, body, seconds > 0 ? seconds * 1000 : undefined)
}

/** The refusal in an answer of the session routes; undefined for a success. */
export async function readRefusal(asked: Promise<Response>): Promise<unknown> {
  try {
    const answer = await asked
    return answer.ok ? undefined : problemOf(answer, await answer.json().catch(() => undefined))
  } catch {
    return new Problem(0, { code: 'OFFLINE', detail: 'the server does not answer' })
  }
}

/** Sends a request with the token; a token that ended meanwhile is renewed once. */
async function fetchAsUser(request: Request): Promise<Response> {
  const token = await accessToken()
  if (currentSession().hasEnded) return ended()
  if (token === undefined) return fetch(request)
  const again = request.clone()
  const first = await fetch(authorized(request, token))
  if (first.status !== 401) return first
  const renewed = await renewToken()
  if (currentSession().hasEnded) return ended()
  return renewed === undefined ? first : fetch(authorized(again, renewed))
}

/** In place of a reader's answer, which would take from the page what it shows to a publisher. */
function ended(): Response {
  const body: ProblemBody = {
    code: SESSION_ENDED,
    detail: 'your session has ended',
    hint: 'sign in again: nothing that you typed is lost',
  }
  return Response.json(body, { status: 401 })
}

function authorized(request: Request, token: string): Request {
  const headers = new Headers(request.headers)
  headers.set('Authorization', `Bearer ${token}`)
  return new Request(request, { headers })
}
