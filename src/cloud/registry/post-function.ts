import { setTimeout as sleep } from 'node:timers/promises'
import type * as z from 'zod'
import { Failure } from '../../contract/failure.ts'
import { parseShape } from '../../contract/manifest/accept.ts'
import { misfit } from '../../contract/protocol/answers.ts'
import { deployFunction } from '../../core/foreign-commands.ts'
import { refusal } from '../../core/registry/sync.ts'
import { refusedAnswer, successSchema } from './function-shapes.ts'
import { inDoubt, type RemoteError, remoteFailure } from './remote-failure.ts'

/** Calls an edge function; the host of the request's URL matters only over HTTP. */
export type CallFunction = (request: Request) => Promise<Response>

/** A refusal of any function. */
type RefusedAnswer = z.output<typeof refusedAnswer>
/** The part that every successful answer has. */
type Success = { ok: true }

export interface Post<T extends Success> {
  /** The registry's name, for messages. */
  label: string
  /** The path of the function below `/functions/v1/`. */
  name: string
  call: CallFunction
  /** The shape of the function's successful answer. */
  success: z.ZodType<T>
}

export interface PostOptions {
  /** What may have changed when an answer is lost, such as `the release`; undefined for calls that change nothing. */
  mayHave?: string
}

/** An answer after reading: the function's own, or why it cannot be used. */
interface ReadAnswer<T extends Success> {
  answer?: T | RefusedAnswer
  problem?: string
}

/** The URL of a call that never leaves the process. */
const IN_PROCESS = 'http://embedded.localhost/functions/v1/'
/** The most calls until an answer can be read; each call also retries while it gets no answer. */
const READS = 3
const PAUSE_MS = 100

/**
 * One POST of JSON to an edge function. A 2xx that cannot be read as the function's answer counts as lost: the same
 * request, with the same idempotency key, is sent again.
 * @throws Failure when every call failed: a gateway's error page, a function that is not deployed, an answer of another
 * shape, a lost connection. The failure's hint warns if the request may have had its effect.
 */
export async function postToFunction<T extends Success>(
  post: Post<T>,
  body: object,
  options: PostOptions = {},
): Promise<T | RefusedAnswer> {
  const text = JSON.stringify(body)
  for (let attempt = 1; ; attempt++) {
    const response = await callOnce(post, text, options)
    const read = await readAnswer(response, post.success)
    const mayBeDone = options.mayHave !== undefined && response.status >= 500
    if (read.answer && !(mayBeDone && isUnknown(read.answer))) return read.answer
    if (response.ok && attempt < READS) await sleep(PAUSE_MS * attempt)
    else throw unanswered(post, options, { message: explainAnswer(response, read) }, response.status)
  }
}

async function callOnce(
  { label, name, call }: Pick<Post<Success>, 'label' | 'name' | 'call'>,
  text: string,
  options: PostOptions,
): Promise<Response> {
  const headers = { 'content-type': 'application/json' }
  try {
    return await call(new Request(`${IN_PROCESS}${name}`, { method: 'POST', headers, body: text }))
  } catch (error) {
    if (error instanceof Failure) throw error
    throw unanswered({ label, name }, options, error as Error, 0)
  }
}

/** A server that failed in the middle of a call does not know how far the call came. */
const isUnknown = (answer: RefusedAnswer | Success) => !answer.ok && answer.error.code === 'REMOTE_FAILED'

function explainAnswer({ ok, status }: Response, { answer, problem }: ReadAnswer<Success>): string {
  if (answer?.ok === false) return answer.error.message
  if (problem) return `${problem}, so the answer was ignored`
  return ok ? `the answer cannot be read (HTTP ${status})` : `HTTP ${status}`
}

function unanswered(
  { label, name }: Pick<Post<Success>, 'label' | 'name'>,
  { mayHave }: PostOptions,
  error: RemoteError,
  status: number,
): Failure {
  if (status === 404)
    return new Failure(
      'REMOTE_FAILED',
      `${label} has no function ${name}`,
      deployFunction(name.replace(/\/.*/, '')),
      { at: label },
    )
  const failure = remoteFailure(label, `call the function ${name}`, error, status)
  if (!mayHave || (status >= 400 && status < 500)) return failure
  return inDoubt(failure, mayHave)
}

async function readAnswer<T extends Success>(
  response: Response,
  success: z.ZodType<T>,
): Promise<ReadAnswer<T>> {
  let body: unknown
  try {
    body = await response.json()
  } catch {
    return {}
  }
  if (typeof body !== 'object' || body === null || !('ok' in body)) return {}
  const read = parseShape<T | RefusedAnswer>(body.ok === true ? success : refusedAnswer, body)
  return read.success ? { answer: read.data } : { problem: misfit(read.error) }
}

/** Calls an edge function that answers `{ok, result | error}`; its refusals are thrown as failures. */
export function askFunction(label: string, name: string, call: CallFunction | undefined) {
  return async <T>(request: object, result: z.ZodType<T>): Promise<T> => {
    if (!call) throw new Failure('BUG', `${label} has no ${name} here`, 'please report this')
    const answer = await postToFunction({ label, name, call, success: successSchema(result) }, request)
    if (answer.ok) return answer.result
    throw refusal(answer.error)
  }
}
