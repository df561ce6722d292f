import type * as z from 'zod'
import { Failure } from '../core/failure.ts'
import { refusal } from '../core/sync.ts'
import { fitting } from './ask.ts'
import { refusedAnswer } from './function-shapes.ts'
import { remoteFailure } from './remote-failure.ts'

/** Calls an edge function; the URL of the request counts only over HTTP. */
export type CallFunction = (request: Request) => Promise<Response>

/**
 * Asks an edge function that answers `{ok, result | error}` to one POST of JSON. Its refusals, a function that is not
 * deployed, an answer of another shape and a lost connection are failures.
 */
export function askFunction(label: string, name: string, call: CallFunction | undefined) {
  const what = `call the function ${name}`
  return async <T>(request: object, result: z.ZodType<T>): Promise<T> => {
    if (!call) throw new Failure('BUG', `${label} has no ${name} here`, 'please report this')
    const post = new Request(`http://embedded.localhost/functions/v1/${name}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request),
    })
    const response = await call(post).catch((error: unknown) => {
      throw error instanceof Failure ? error : remoteFailure(label, what, error as Error, 0)
    })
    const body = await functionBody(response)
    if (body === undefined) throw noAnswer(label, name, response.status)
    if (body.ok !== true) throw refusal(fitting(label, what, refusedAnswer, body).error)
    return fitting(label, what, result, body.result)
  }
}

/** An answer that looks like a function's own and has not been checked yet. */
interface FunctionBody {
  ok: unknown
  result?: unknown
  staged?: unknown
}

/** The JSON of an answer that looks like a function's own; undefined for a gateway's page and for anything else. */
export async function functionBody(response: Response): Promise<FunctionBody | undefined> {
  try {
    const body: unknown = await response.json()
    return typeof body === 'object' && body !== null && 'ok' in body ? body : undefined
  } catch {
    return undefined
  }
}

/** What is to be said of a function that did not answer: it is not deployed, or something failed before it. */
export function noAnswer(label: string, name: string, status: number): Failure {
  if (status !== 404)
    return remoteFailure(label, `call the function ${name}`, { message: `HTTP ${status}` }, status)
  const hint = `supabase functions deploy ${name.replace(/\/.*/, '')}`
  return new Failure('REMOTE_FAILED', `${label} has no function ${name}`, hint, { at: label })
}
