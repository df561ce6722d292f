import { nameOf } from '../../contract/name.ts'
import type { Cache } from '../cache/open-cache.ts'
import type { WorkerFeed } from '../feed/feed.ts'
import type { LiveDefinitions } from './live-definitions.ts'

export interface DisabledOptions {
  definitions: Pick<LiveDefinitions, 'find' | 'peek'>
  cache: Pick<Cache, 'readKnown'>
  feed: Pick<WorkerFeed, 'troubled'>
}

/**
 * Whether a definition is disabled, in every version. While the registry cannot be reached, the last known state
 * counts, and a copy of a pinned version needs no request.
 */
export type IsDisabled = (kind: string, id: string) => Promise<boolean>

export function createIsDisabled({ definitions, cache, feed }: DisabledOptions): IsDisabled {
  return async (kind, id) => {
    const { troubled } = feed
    const definition = troubled ? definitions.peek(kind, id) : await definitions.find(kind, id)
    if (definition && definition.state !== 'not-found') return definition.state === 'disabled'
    // The event that disabled it may not be kept any more; another process may have seen it.
    return (await cache.readKnown()).get(nameOf({ kind, id }))?.head.state === 'disabled'
  }
}
