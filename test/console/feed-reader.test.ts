import { resolve } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { openApiUnderTest } from '../api/support/api-under-test.ts'
import { commitAt, packAgent, publish, resultOf } from '../cloud/support/definitions.ts'
import { backUp, restore } from '../harness/backup.ts'
import { openedDatabase } from '../harness/cloud-database.ts'
import { pick, seeded } from '../harness/random.ts'
import { repetitions } from '../harness/repetition.ts'

const IDS = ['ada', 'bob', 'cleo']

/** Its types are those of a browser, which the other tests are not written for. */
const READER: string = resolve('console/data/feed/event-reader.ts')
interface Named {
  seq: number
  id: string
}

/** The console’s own reader of the feed, over the API, and a page that reads a definition when an event names it. */
async function openTab() {
  const database = await openedDatabase()
  const api = await openApiUnderTest({ database })
  vi.stubGlobal('location', new URL('http://api.test/console'))
  const storage = { getItem: () => null, setItem: () => {}, removeItem: () => {} }
  vi.stubGlobal('localStorage', storage)
  vi.stubGlobal('addEventListener', () => {})
  vi.stubGlobal('fetch', async (request: Request) => {
    const { pathname, search } = new URL(request.url)
    const { status, text, headers } = await api.send(pathname + search, request)
    return new Response(text, { status, headers })
  })
  onTestFinished(async () => {
    vi.unstubAllGlobals()
    await api.close()
  })
  const { EventReader } = await import(READER)
  const shown = new Map<string, string>()
  const read = async (id: string) => (await api.get(`/api/agents/${id}`)).text
  let stale = new Set(IDS)
  const counts = { resets: 0, streamed: 0 }
  const reader = new EventReader(
    { publisher: false },
    {
      onEvents: (events: readonly Named[]) => {
        for (const { id } of events) stale.add(id)
      },
      onReset: () => {
        counts.resets++
        stale = new Set(IDS)
      },
      onState: () => {},
      onSign: () => {},
    },
  )
  const show = async () => {
    for (const id of stale) shown.set(id, await read(id))
    stale.clear()
  }
  const stream = async () => {
    const { cursor, mark } = reader.place
    const { status, json } = await api.get(
      `/api/events?since=${cursor}&limit=100${mark === undefined ? '' : `&mark=${mark}`}`,
    )
    const events = (status === 200 ? json.events : []) as Named[]
    const last = events.at(-1)
    if (!last) return
    counts.streamed += events.length
    reader.take({ after: cursor, cursor: last.seq, events })
  }
  let text = 0
  const versions = async (id: string) => (await api.get(`/api/agents/${id}`)).json?.version ?? 0
  return {
    counts,
    database,
    async publish(id: string) {
      const packed = packAgent(id, `Text ${++text}.\n`, {}, await versions(id))
      resultOf(await publish(api.ports.registry, [packed], { commit: commitAt(text) }))
    },
    stream: async () => {
      await stream()
      await show()
    },
    async catchUp() {
      await reader.catchUp(new AbortController().signal)
      await show()
      const now = await Promise.all(IDS.map(async (id) => [id, await read(id)] as const))
      expect(Object.fromEntries(shown)).toEqual(Object.fromEntries(now))
    },
  }
}

test('a page of the console shows what the registry has, also after a restore from a backup that counts past what was lost', async () => {
  const tab = await openTab()
  const { database, counts } = tab
  for (const id of IDS) await tab.publish(id)
  await tab.catchUp()
  await backUp(database)
  const random = seeded(3)
  const steps: Record<string, () => unknown> = {
    publish: () => tab.publish(pick(random, IDS)),
    stream: tab.stream,
    backUp: () => backUp(database),
    restore: async () => {
      await restore(database)
      for (let more = random() * 4; more > 0; more--) await tab.publish(pick(random, IDS))
      // The stream ends, and the page catches up before it opens another one.
      await tab.catchUp()
    },
    catchUp: tab.catchUp,
  }
  // What came by the stream is lost, and its numbers are given to others.
  for (const name of ['publish', 'stream', 'publish', 'stream', 'restore']) await steps[name]?.()
  for (let at = 0; at < repetitions(20, 200); at++) await steps[pick(random, Object.keys(steps))]?.()
  await tab.catchUp()
  expect(counts.resets).toBeGreaterThan(1)
  expect(counts.streamed).toBeGreaterThan(2)
}, 300_000)
