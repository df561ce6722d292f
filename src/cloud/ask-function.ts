import { Failure } from '../core/failure.ts'
import { refusal } from '../core/sync.ts'
import { remoteFailure } from './remote-failure.ts'

type Answer = { ok: true; result: unknown } | { ok: false; error: Parameters<typeof refusal>[0] }

/** Calls an edge function; the URL of the request counts only over HTTP. */
export type CallFunction = (request: Request) => Promise<Response>

/**
 * Asks an edge function that answers `{ok, result | error}` to one POST of JSON. Its refusals, a function that is not
 * deployed and a lost connection are failures.
 */
export function askFunction(label: string, name: string, call: CallFunction | undefined) {
  const what = `call the function ${name}`
  return async <Result>(request: object): Promise<Result> => {
    if (!call) throw new Failure('BUG', `${label} has no ${name} here`, 'please report this')
    const post = new Request(`http://embedded.localhost/functions/v1/${name}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request),
    })
    const response = await call(post).catch((error: unknown) => {
      throw error instanceof Failure ? error : remoteFailure(label, what, error as Error, 0)
    })
    const answer = await readAnswer(response)
    if (answer?.ok) return answer.result as Result
    if (answer) throw refusal(answer.error)
    if (response.status === 404)
      throw new Failure(
        'REMOTE_FAILED',
        `${label} has no function ${name}`,
        `supabase functions deploy ${name.replace(/\/.*/, '')}`,
        { at: label },
      )
    throw remoteFailure(label, what, { message: `HTTP ${response.status}` }, response.status)
  }
}

async function readAnswer(response: Response): Promise<Answer | undefined> {
  try {
    const body = (await response.json()) as { ok?: unknown; result?: unknown; error?: { code?: unknown } }
    const known = body.ok === true ? body.result !== undefined : typeof body.error?.code === 'string'
    return known && typeof body.ok === 'boolean' ? (body as Answer) : undefined
  } catch {
    return undefined
  }
}
