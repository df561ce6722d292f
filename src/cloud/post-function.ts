import { setTimeout as sleep } from 'node:timers/promises'
import type { SyncError } from '../core/contract/sync.ts'
import { Failure } from '../core/failure.ts'
import { refusal } from '../core/sync.ts'
import { type RemoteError, remoteFailure } from './remote-failure.ts'

/** Calls an edge function; the URL of the request counts only over HTTP. */
export type CallFunction = (request: Request) => Promise<Response>

/** What every edge function answers: a refusal, or its own kind of success. */
export type Answer = { ok: false; error: SyncError } | ({ ok: true } & Record<string, unknown>)

export interface Post {
  /** The registry, for messages. */
  label: string
  /** The path of the function below `/functions/v1/`. */
  name: string
  call: CallFunction
  /** Whether this is the success that the function answers with. */
  isSuccess: (answer: Record<string, unknown>) => boolean
}

export interface PostOptions {
  /** What a lost answer leaves open, such as `the release`; undefined where nothing changes. */
  mayHave?: string
}

/** The URL of a call that never leaves the process. */
const IN_PROCESS = 'http://embedded.localhost/functions/v1/'
/** Calls in all until an answer can be read; each is retried by itself while there is no answer. */
const READS = 3
const PAUSE_MS = 100

/**
 * One POST of JSON to an edge function. A 2xx that cannot be read as the function's answer is a lost answer: the same
 * request, with the same idempotency key, is asked again.
 * @throws Failure when there is no answer in the end: a gateway's error page, a function that is not deployed, a lost
 * connection. If the request may have had its effect, the failure says so.
 */
export async function postToFunction(post: Post, body: object, options: PostOptions = {}): Promise<Answer> {
  const text = JSON.stringify(body)
  for (let read = 1; ; read++) {
    const response = await callOnce(post, text, options)
    const answer = await readAnswer(response, post.isSuccess)
    const isOpen = options.mayHave !== undefined && response.status >= 500 && isUnknown(answer)
    if (answer && !isOpen) return answer
    if (response.ok && read < READS) await sleep(PAUSE_MS * read)
    else throw unanswered(post, options, { message: reasonOf(response, answer) }, response.status)
  }
}

async function callOnce({ label, name, call }: Post, text: string, options: PostOptions): Promise<Response> {
  const headers = { 'content-type': 'application/json' }
  try {
    return await call(new Request(`${IN_PROCESS}${name}`, { method: 'POST', headers, body: text }))
  } catch (error) {
    if (error instanceof Failure) throw error
    throw unanswered({ label, name }, options, error as Error, 0)
  }
}

/** A server that failed in the middle of a call does not know itself how far it came. */
function isUnknown(answer: Answer | undefined): boolean {
  return answer?.ok === false && answer.error.code === 'REMOTE_FAILED'
}

function reasonOf({ ok, status }: Response, answer: Answer | undefined): string {
  if (answer?.ok === false) return answer.error.message
  return ok ? `the answer cannot be read (HTTP ${status})` : `HTTP ${status}`
}

function unanswered(
  { label, name }: Pick<Post, 'label' | 'name'>,
  { mayHave }: PostOptions,
  error: RemoteError,
  status: number,
): Failure {
  if (status === 404)
    return new Failure(
      'REMOTE_FAILED',
      `${label} has no function ${name}`,
      `supabase functions deploy ${name.replace(/\/.*/, '')}`,
      { at: label },
    )
  const failure = remoteFailure(label, `call the function ${name}`, error, status)
  if (!mayHave || (status >= 400 && status < 500)) return failure
  return new Failure(
    failure.code,
    `${failure.message}; ${mayHave} may have been published`,
    'run the same command again: a change that was published is not published twice',
    { at: label, cause: failure },
  )
}

async function readAnswer(response: Response, isSuccess: Post['isSuccess']): Promise<Answer | undefined> {
  try {
    const body: unknown = await response.json()
    if (typeof body !== 'object' || body === null) return undefined
    const { ok, error } = body as { ok?: unknown; error?: { code?: unknown } }
    const isRefusal = ok === false && typeof error?.code === 'string'
    return isRefusal || (ok === true && isSuccess(body as Record<string, unknown>))
      ? (body as Answer)
      : undefined
  } catch {
    return undefined
  }
}

/** Asks an edge function that answers `{ok, result | error}`; its refusals are failures. */
export function askFunction(label: string, name: string, call: CallFunction | undefined) {
  return async <Result>(request: object): Promise<Result> => {
    if (!call) throw new Failure('BUG', `${label} has no ${name} here`, 'please report this')
    const isSuccess = ({ result }: Record<string, unknown>) => result !== undefined
    const answer = await postToFunction({ label, name, call, isSuccess }, request)
    if (answer.ok) return answer.result as Result
    throw refusal(answer.error)
  }
}
