import type { SyncRequest, SyncResponse } from '../../contract/protocol/sync.ts'
import { releaseAnswer, stagedAnswer } from './function-shapes.ts'
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
    const name = `registry_${kind}_sync`
    const call = (post: Request) => callFunction(kind, post)
    const body = { ...request, preview }
    if (request.action === 'stage') return postToFunction({ label, name, call, success: stagedAnswer }, body)
    const moves = !('dryRun' in request && request.dryRun)
    const options = moves ? { mayHave: 'the change' } : {}
    return postToFunction({ label, name, call, success: releaseAnswer }, body, options)
  }
}
