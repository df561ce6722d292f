import { type ChangesOptions, followChanges } from '../feed/changes.ts'
import type { Feed } from '../feed/feed.ts'
import type { Held } from './live.ts'

export interface KeepUpOptions {
  following: Omit<ChangesOptions, 'since' | 'mark' | 'onPage' | 'onTrouble' | 'onLost'>
  feed: Feed
  held: Held
  /** All events up to `feed.cursor` have been taken into account. */
  onPage: () => void
  log: (line: string) => void
}

/** Takes every event into account until the end, and says when nobody answers and when somebody does again. */
export async function keepUp({ following, feed, held, onPage, log }: KeepUpOptions): Promise<void> {
  const changes = followChanges({
    ...following,
    since: feed.cursor,
    mark: feed.mark,
    onPage: (cursor, mark) => {
      if (feed.troubled) log('the registry answers again')
      feed.confirm(cursor, mark)
      held.refresh()
      onPage()
    },
    onLost: ({ cursor, mark }) => feed.confirm(cursor, mark),
    onTrouble: (error) => {
      if (!feed.troubled) log(`continuing with what is known: ${(error as Error).message}`)
      feed.trouble()
    },
  })
  for await (const change of changes) {
    if (change.type !== 'resync') {
      held.note(change)
      continue
    }
    log(
      'the registry does not have the events after the last one seen (a backup was restored, or they are no longer ' +
        'kept): reading again what is held',
    )
    held.lapse(change.seq, true)
  }
}
