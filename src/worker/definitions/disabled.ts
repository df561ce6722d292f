import { nameOf } from '../../contract/name.ts'
import type { Cache } from '../cache/open-cache.ts'
import type { RegistryReads } from '../connection/read-registry.ts'
import type { WorkerFeed } from '../feed/feed.ts'
import { within } from '../feed/within.ts'
import type { LiveDefinitions } from './live-definitions.ts'

export interface DisabledOptions {
  definitions: Pick<LiveDefinitions, 'find' | 'peek'>
  cache: Pick<Cache, 'readKnown'>
  feed: Pick<WorkerFeed, 'troubled'>
  reads: Pick<RegistryReads, 'isDisabled'>
  signal: AbortSignal
  answerWithinMs: number
  log: (line: string) => void
}

/**
 * Whether a definition is disabled, in every version. While the registry cannot be reached, the last known state
 * counts, and a copy of a pinned version needs no request. `digest` is the content that would be started.
 */
export type IsDisabled = (kind: string, id: string, digest: string | undefined) => Promise<boolean>

export function createIsDisabled(options: DisabledOptions): IsDisabled {
  const { definitions, cache, feed } = options
  return async (kind, id, digest) => {
    const { troubled } = feed
    const definition = troubled ? definitions.peek(kind, id) : await definitions.find(kind, id)
    if (definition && definition.state !== 'not-found') return definition.state === 'disabled'
    // The event that disabled it may not be kept any more; another process may have seen it.
    const lastState = (await cache.readKnown()).get(nameOf({ kind, id }))?.head.state
    if (lastState === 'disabled') return true
    return !troubled && digest !== undefined && (await askRegistry(options, kind, id, digest))
  }
}

/** Without an answer the copy counts as usable, as it does during an outage. */
async function askRegistry(
  { reads, signal, answerWithinMs, log }: DisabledOptions,
  kind: string,
  id: string,
  digest: string,
): Promise<boolean> {
  try {
    return await within(answerWithinMs, signal, (cut) => reads.isDisabled(kind, id, digest, cut))
  } catch (error) {
    if (!signal.aborted) log(`${nameOf({ kind, id })} is not read: ${(error as Error).message}`)
    return false
  }
}
