import { type ChangesOptions, followChanges } from '../feed/changes.ts'
import type { WorkerFeed } from '../feed/feed.ts'
import type { LiveDefinitions } from './live-definitions.ts'

export interface KeepUpOptions {
  following: Omit<ChangesOptions, 'since' | 'mark' | 'onPage' | 'onTrouble' | 'onLost'>
  feed: WorkerFeed
  definitions: LiveDefinitions
  /** Called when all events up to `feed.cursor` have been applied. */
  onPage: () => void
  log: (line: string) => void
}

/** Applies every event until the end, and tells the feed when the registry stops answering and when it answers again. */
export async function keepUp({ following, feed, definitions, onPage, log }: KeepUpOptions): Promise<void> {
  const changes = followChanges({
    ...following,
    since: feed.cursor,
    mark: feed.mark,
    onPage: (cursor, mark) => {
      feed.confirm(cursor, mark)
      definitions.refresh()
      onPage()
    },
    onLost: ({ cursor, mark }) => feed.confirm(cursor, mark),
    onTrouble: (error) => feed.trouble(error as Error),
  })
  for await (const change of changes) {
    if (change.type !== 'resync') {
      definitions.apply(change)
      continue
    }
    log(
      'the registry does not have the events after the last one seen (a backup was restored, or they are no longer ' +
        'kept): reading every definition in memory again',
    )
    definitions.invalidateAfter(change.seq, true)
  }
}
