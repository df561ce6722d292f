import { type InfiniteData, useQueryClient } from '@tanstack/preact-query'
import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import type { EventAge } from './feed/event-reader.ts'
import type { FeedEvent } from './feed/events.ts'
import { onNews, recentEvents } from './feed/feed.ts'
import { listKey } from './list-key.ts'
import { type Filters, type ListPage, type Row, readRows } from './queries.ts'

/** What happened to the definitions of a list while it is read. */
export interface ListNews {
  /** Rows that changed where they stand. */
  moved: ReadonlySet<string>
  /** Definitions that came, left, or have another place in the list now. */
  waiting: ReadonlySet<string>
  /** Reads the list again from its start. */
  show: () => void
}

/** Events of one publish arrive together or shortly after each other, in ms. */
const TOGETHER = 150
/** The clocks of two machines differ, in ms. */
const SLACK = 5_000

const NONE: Pick<ListNews, 'moved' | 'waiting'> = { moved: new Set(), waiting: new Set() }

/** Definitions that had events, and whether one that did not change since the list was read has left the list. */
type Events = ReadonlyMap<string, boolean>

type Pages = InfiniteData<ListPage, string | undefined>

/**
 * Keeps a list up to date without moving what a reader looks at: a row is exchanged where it stands, and what has no place
 * yet waits until it is asked for.
 */
export function useListNews(kind: string, filters: Filters, first: ListPage | undefined): ListNews {
  const client = useQueryClient()
  const [news, setNews] = useState(NONE)
  const key = JSON.stringify(listKey(kind, filters))
  const known = useRef({ filters, first })
  known.current = { filters, first }
  const look = useCallback(
    async (events: Events) => {
      const { filters, first } = known.current
      if (!first || filters.at !== undefined) return
      const rows = await readSince(kind, filters, first.body.updatedSince)
      const pages = client.getQueryData<Pages>(listKey(kind, filters))?.pages ?? []
      const shown = new Map(pages.flatMap(({ body }) => body.items.map((row) => [row.id, row])))
      client.setQueryData<Pages>(listKey(kind, filters), (data) => data && exchange(data, rows))
      setNews((before) => addNews(before, events, rows, shown, filters.sort))
    },
    [client, kind],
  )
  useEffect(() => {
    setNews(NONE)
    const asOf = known.current.first?.asOf
    const missed = asOf === undefined ? [] : recentEvents().filter(({ at }) => Date.parse(at) > asOf - SLACK)
    return gather(kind, missed, look)
  }, [key, kind, look])
  const show = useCallback(() => {
    const { filters } = known.current
    const firstOf = <T>(all: T[]) => all.slice(0, 1)
    client.setQueryData<Pages>(
      listKey(kind, filters),
      (data) => data && { pages: firstOf(data.pages), pageParams: firstOf(data.pageParams) },
    )
    void client.invalidateQueries({ queryKey: listKey(kind, filters), exact: true }).then(() => setNews(NONE))
    scrollTo({ top: 0 })
  }, [client, kind])
  return { ...news, show }
}

/** Calls `look` for the definitions of a kind that had events, a little later. */
function gather(
  kind: string,
  missed: readonly FeedEvent[],
  look: (events: Events) => Promise<void>,
): () => void {
  let waiting = new Map<string, boolean>()
  let timer: ReturnType<typeof setTimeout> | undefined
  const take = (events: readonly FeedEvent[], age: EventAge) => {
    for (const { id, type } of events.filter((event) => event.kind === kind))
      waiting.set(id, waiting.get(id) || age === 'news' || type.endsWith('.removed'))
    if (waiting.size === 0) return
    timer ??= setTimeout(() => {
      timer = undefined
      void look(waiting)
      waiting = new Map()
    }, TOGETHER)
  }
  take(missed, 'recent')
  const leave = onNews(take)
  return () => {
    leave()
    clearTimeout(timer)
  }
}

/** Rows of the list that changed since it was read; undefined when the server does not say. */
async function readSince(kind: string, filters: Filters, updatedSince: string): Promise<Row[] | undefined> {
  try {
    return (await readRows(kind, { ...filters, updatedSince }, { limit: 100 })).body.items
  } catch {
    return undefined
  }
}

function exchange(data: Pages, rows: readonly Row[] = []): Pages {
  const fresh = new Map(rows.map((row) => [row.id, row]))
  const pages = data.pages.map((page) => ({
    ...page,
    body: { ...page.body, items: page.body.items.map((row) => fresh.get(row.id) ?? row) },
  }))
  return { ...data, pages }
}

function addNews(
  before: typeof NONE,
  events: Events,
  rows: readonly Row[] | undefined,
  shown: ReadonlyMap<string, Row>,
  sort: string | undefined,
): typeof NONE {
  const matching = new Map(rows?.map((row) => [row.id, row]))
  // The list may have been read after the event.
  const isKnown = (id: string) =>
    matching.has(id) && JSON.stringify(matching.get(id)) === JSON.stringify(shown.get(id))
  const ids = [...events.keys()].filter((id) => !isKnown(id))
  const stays = (id: string) => rows !== undefined && shown.has(id) && matching.has(id)
  const waits = (id: string) => {
    if (stays(id)) return sort === '-updatedAt'
    return matching.has(id) || !rows || (shown.has(id) && events.get(id) === true)
  }
  return {
    moved: new Set([...before.moved, ...ids.filter(stays)]),
    waiting: new Set([...before.waiting, ...ids.filter(waits)]),
  }
}
