import { type Batch, isLost, takeBatch } from '../../model/feed/event-log.ts'
import { serverNow } from '../clock.ts'
import { Problem } from '../problem.ts'
import { type Channel, type Checkpoint, type FeedEvent, PAGE, readPage } from './events.ts'
import type { FeedState, Message, Tabs } from './tabs.ts'

/**
 * `old` events happened before the page was opened, `news` since. What the page has read may contain a `recent` one or
 * not.
 */
export type EventAge = 'old' | 'recent' | 'news'

/** What a tab that follows the feed reports. */
export interface Reports {
  /** Events in order, each of them once. */
  onEvents(events: readonly FeedEvent[], age: EventAge): void
  /** Everything is read again, because events are not kept that the tab had missed, or might have missed at its beginning. */
  onReset(isLoss: boolean): void
  onState(state: FeedState): void
  /** The server has shown a sign of life. */
  onSign(): void
}

/** Earlier events that are read at the beginning. */
const EARLIER = 50
/** What happened so shortly before the page was opened is recent, in ms: the clocks of two machines differ. */
const SLACK = 60_000

/** Reads events into this tab, each of them once, wherever they come from. */
export class EventReader {
  readonly channel: Channel
  readonly reports: Reports
  state: FeedState = 'off'
  /** All events up to this number are known. */
  cursor = 0
  /** Where the last page ended. */
  private checkpoint?: Checkpoint
  /** The last event that came in another way since then. */
  private last?: FeedEvent
  /** Until the tab has caught up for the first time: events from this time on are recent, in ms since 1970. */
  private recentFrom?: number
  private reading?: Promise<void>

  constructor(channel: Channel, reports: Reports) {
    this.channel = channel
    this.reports = reports
  }

  /** Where a stream goes on, with the mark if a page ended there. */
  get place(): Checkpoint {
    const { checkpoint, cursor } = this
    return checkpoint?.cursor === cursor ? checkpoint : { cursor }
  }

  /** Changes how the tab hears of events. */
  become(state: FeedState): void {
    if (state === this.state) return
    this.state = state
    this.reports.onState(state)
  }

  /**
   * Takes events; those that are known are passed over.
   * @returns false when events before them are missing
   */
  take(batch: Batch<FeedEvent>): boolean {
    const taken = takeBatch(this.cursor, batch)
    if (taken === 'behind') return false
    this.cursor = taken.cursor
    this.last = taken.events.at(-1) ?? this.last
    const { recentFrom } = this
    const ageOf = ({ at }: FeedEvent): EventAge =>
      recentFrom === undefined ? 'news' : Date.parse(at) < recentFrom ? 'old' : 'recent'
    for (const age of ['old', 'recent', 'news'] as const) {
      const events = taken.events.filter((event) => ageOf(event) === age)
      if (events.length > 0) this.reports.onEvents(events, age)
    }
    return true
  }

  /**
   * Reads page by page what happened since the last page. When that is not kept any more, everything is read again.
   * @param send hands on what was read
   * @throws Problem, DOMException
   */
  catchUp(signal: AbortSignal, send?: Tabs['send']): Promise<void> {
    // A second call waits for the same pages; a leader reads again then, because it has to hand on what it reads.
    if (this.reading && !send) return this.reading
    const before = this.reading?.catch(() => {}) ?? Promise.resolve()
    const reading = before
      .then(() => this.readPages(signal, send))
      .finally(() => {
        if (this.reading === reading) this.reading = undefined
      })
    this.reading = reading
    return reading
  }

  /** Takes what the leading tab tells. */
  async hear(message: Message, signal: AbortSignal): Promise<void> {
    if (message.name === 'state') {
      this.become(message.state)
      if (message.state === 'live') this.reports.onSign()
      if (message.cursor > this.cursor) await this.catchUp(signal)
    } else if (message.name === 'batch') {
      if (!this.take(message.batch)) await this.catchUp(signal)
    } else if (message.name === 'reset') this.startAgain(message.cursor, message.mark, true)
  }

  private async readPages(signal: AbortSignal, send?: Tabs['send']): Promise<void> {
    try {
      if (!this.checkpoint) await this.begin(signal)
      for (let from = this.checkpoint; from; ) {
        const page = await readPage(this.channel, from, signal)
        // The registry still has the checkpoint, and may have lost what came after it.
        if (isLost(this.last, page, PAGE)) return await this.readFromNow(signal, send)
        const batch = { after: from.cursor, cursor: page.cursor, events: page.events }
        this.take(batch)
        send?.({ name: 'batch', batch })
        this.checkpoint = { cursor: page.cursor, mark: page.mark ?? undefined }
        if (page.cursor >= this.cursor) this.last = undefined
        this.reports.onSign()
        from = page.events.length < PAGE ? undefined : this.checkpoint
      }
      this.recentFrom = undefined
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 410) throw error
      await this.readFromNow(signal, send)
    }
  }

  /** After a loss of the cursor. */
  private async readFromNow(signal: AbortSignal, send?: Tabs['send']): Promise<void> {
    const { cursor, mark } = await readPage(this.channel, { cursor: 'now' }, signal)
    const isLoss = this.recentFrom === undefined
    this.startAgain(cursor, mark ?? undefined, isLoss)
    if (isLoss) send?.({ name: 'reset', cursor, mark: mark ?? undefined })
  }

  /** Begins a little before now, so that nothing is missed between the page's own requests and this one. */
  private async begin(signal: AbortSignal): Promise<void> {
    const { cursor } = await readPage(this.channel, { cursor: 'now' }, signal)
    // The few events of a preview have high numbers, and 0 is its beginning.
    if (this.channel.env === undefined) this.cursor = Math.max(this.cursor, cursor - EARLIER)
    this.checkpoint = { cursor: this.cursor }
    this.recentFrom = serverNow() - performance.now() - SLACK
  }

  private startAgain(cursor: number, mark: string | undefined, isLoss: boolean): void {
    this.cursor = cursor
    this.checkpoint = { cursor, mark }
    this.last = undefined
    this.recentFrom = undefined
    this.reports.onReset(isLoss)
  }
}
