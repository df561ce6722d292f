import type { SyncRequest, SyncResponse } from '../core/contract/sync.ts'
import { fitting } from './ask.ts'
import { functionBody, noAnswer } from './ask-function.ts'
import { refusedAnswer, releaseAnswer, stagedAnswer } from './function-shapes.ts'
import { remoteFailure } from './remote-failure.ts'

/** The URL of a call that never leaves the process. */
const IN_PROCESS = 'http://embedded.localhost/functions/v1/'

/**
 * Makes the port's `sync`: one POST of JSON, to the preview if one is named. What the function refuses is an answer; a
 * gateway's error page, a function that is not deployed, an answer of another shape and a lost connection are failures.
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
    const body = await functionBody(response)
    if (body === undefined) throw noAnswer(label, name, response.status)
    if (body.ok !== true) return fitting(label, what, refusedAnswer, body)
    return 'staged' in body
      ? fitting(label, what, stagedAnswer, body)
      : fitting(label, what, releaseAnswer, body)
  }
}
