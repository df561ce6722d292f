import type { SyncRequest, SyncResponse } from '../core/contract/sync.ts'
import { Failure } from '../core/failure.ts'
import { remoteFailure } from './remote-failure.ts'

/** The URL of a call that never leaves the process. */
const IN_PROCESS = 'http://embedded.localhost/functions/v1/'

/**
 * Makes the port's `sync`: one POST of JSON, to the preview if one is named. What the function refuses is an answer; a
 * gateway's error page, a function that is not deployed and a lost connection are failures.
 */
export function createSync(
  label: string,
  callFunction: (kind: string, request: Request) => Promise<Response>,
  preview?: string,
) {
  return async (kind: string, request: SyncRequest): Promise<SyncResponse> => {
    const name = `registry_${kind}_sync`
    const what = `call the function ${name}`
    const call = new Request(`${IN_PROCESS}${name}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...request, preview }),
    })
    let response: Response
    try {
      response = await callFunction(kind, call)
    } catch (error) {
      throw remoteFailure(label, what, error as Error, 0)
    }
    const answer = await readAnswer(response)
    if (answer) return answer
    if (response.status === 404)
      throw new Failure(
        'REMOTE_FAILED',
        `${label} has no function ${name}`,
        `supabase functions deploy ${name}`,
        { at: label },
      )
    throw remoteFailure(label, what, { message: `HTTP ${response.status}` }, response.status)
  }
}

async function readAnswer(response: Response): Promise<SyncResponse | undefined> {
  try {
    const body: unknown = await response.json()
    return isAnswer(body) ? body : undefined
  } catch {
    return undefined
  }
}

function isAnswer(body: unknown): body is SyncResponse {
  if (typeof body !== 'object' || body === null) return false
  const { ok, error, staged, result } = body as Record<string, unknown>
  if (ok === true) return typeof staged === 'number' || (typeof result === 'object' && result !== null)
  return ok === false && typeof (error as { code?: unknown } | undefined)?.code === 'string'
}
