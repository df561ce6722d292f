import type { SyncRequest, SyncResponse } from '../../contract/protocol/sync.ts'
import { releaseAnswer, stagedAnswer } from './function-shapes.ts'
import { postToFunction } from './post-function.ts'

/**
 * Makes the port's `sync`: one call of the function of a kind, in a preview if one is named. A refusal of the function
 * is a result; a missing answer is thrown as a failure.
 */
export function createSync(
  label: string,
  callFunction: (kind: string, request: Request) => Promise<Response>,
  preview?: string,
) {
  return async (kind: string, request: SyncRequest): Promise<SyncResponse> => {
    const name = `registry_${kind}_sync`
    const call = (post: Request) => callFunction(kind, post)
    const body = { ...request, preview }
    if (request.action === 'stage') return postToFunction({ label, name, call, success: stagedAnswer }, body)
    const moves = !('dryRun' in request && request.dryRun)
    const options = moves ? { mayHave: 'the change' } : {}
    return postToFunction({ label, name, call, success: releaseAnswer }, body, options)
  }
}
