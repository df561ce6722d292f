import type { SyncRequest, SyncResponse } from '../core/contract/sync.ts'
import { postToFunction } from './post-function.ts'

/**
 * Makes the port's `sync`: one call of the function of a kind, to the preview if one is named. What the function
 * refuses is an answer; that there is none is a failure.
 */
export function createSync(
  label: string,
  callFunction: (kind: string, request: Request) => Promise<Response>,
  preview?: string,
) {
  return async (kind: string, request: SyncRequest): Promise<SyncResponse> => {
    const post = {
      label,
      name: `registry_${kind}_sync`,
      call: (call: Request) => callFunction(kind, call),
      isSuccess: ({ staged, result }: Record<string, unknown>) =>
        typeof staged === 'number' || (typeof result === 'object' && result !== null),
    }
    const moves = request.action !== 'stage' && !('dryRun' in request && request.dryRun)
    const answer = await postToFunction(post, { ...request, preview }, moves ? { mayHave: 'the change' } : {})
    return answer as SyncResponse
  }
}
