import { isLiveState } from '../../contract/fields/is-live.ts'
import type { Head } from './registry.ts'

/** A head that readers see, because it has a live version. */
export type LiveHead = Head & { version: number; liveDigest: string }

/** Whether a definition is live: published, and neither disabled nor removed. */
export function isLive(head: Head | undefined): head is LiveHead {
  return head?.version != null && isLiveState(head.state)
}
