import type { ForwarderRequest } from '../core/contract/webhooks.ts'
import { Failure } from '../core/failure.ts'
import { refusal } from '../core/sync.ts'
import type { Webhooks } from '../core/webhooks.ts'
import { remoteFailure } from './remote-failure.ts'

/** The function that sends the feed and keeps the list of its destinations. */
export const FORWARDER = 'registry_events_forward'

/** Calls the forwarder; the URL of the request counts only over HTTP. */
export type CallForwarder = (request: Request) => Promise<Response>

/** The URL of a call that never leaves the process. */
const IN_PROCESS = `http://embedded.localhost/functions/v1/${FORWARDER}`

type Answer = { ok: true; result: unknown } | { ok: false; error: Parameters<typeof refusal>[0] }

/** The port's door to webhooks: every method is one call of the forwarder, which alone handles their secrets. */
export function createWebhooks(label: string, callForwarder: CallForwarder | undefined): Webhooks {
  const ask = async <Result>(request: ForwarderRequest): Promise<Result> => {
    const what = `call the function ${FORWARDER}`
    const call = new Request(IN_PROCESS, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request),
    })
    if (!callForwarder) throw new Failure('BUG', `${label} has no forwarder here`, 'please report this')
    const response = await callForwarder(call).catch((error: unknown) => {
      throw error instanceof Failure ? error : remoteFailure(label, what, error as Error, 0)
    })
    const answer = await readAnswer(response)
    if (answer?.ok) return answer.result as Result
    if (answer) throw refusal(answer.error)
    if (response.status === 404)
      throw new Failure(
        'REMOTE_FAILED',
        `${label} has no function ${FORWARDER}`,
        `supabase functions deploy ${FORWARDER}`,
        { at: label },
      )
    throw remoteFailure(label, what, { message: `HTTP ${response.status}` }, response.status)
  }
  return {
    add: (webhook) => ask({ action: 'add', ...webhook }),
    list: () => ask({ action: 'list' }),
    test: (id) => ask({ action: 'test', id }),
    remove: (id) => ask({ action: 'remove', id }),
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
