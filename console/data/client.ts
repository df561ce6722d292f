import createClient from 'openapi-fetch'
import type { paths } from '../generated/api.d.ts'
import { learnTime } from './clock.ts'
import { Problem, type ProblemBody } from './problem.ts'
import { accessToken, renewToken } from './session.ts'

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

/** Sends a request with the token; a token that ended meanwhile is renewed once. */
async function fetchAsUser(request: Request): Promise<Response> {
  const token = await accessToken()
  if (token === undefined) return fetch(request)
  const again = request.clone()
  const first = await fetch(authorized(request, token))
  if (first.status !== 401) return first
  const renewed = await renewToken()
  return renewed === undefined ? first : fetch(authorized(again, renewed))
}

function authorized(request: Request, token: string): Request {
  const headers = new Headers(request.headers)
  headers.set('Authorization', `Bearer ${token}`)
  return new Request(request, { headers })
}
