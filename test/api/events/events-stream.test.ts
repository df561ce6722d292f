import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { packAgent, publish, resultOf } from '../../cloud/support/definitions.ts'
import { type ApiUnderTest, openApiUnderTest } from '../support/api-under-test.ts'
import { openStreams, readEvents, STREAM } from '../support/event-reader.ts'
import { expectProblem } from '../support/writing.ts'

let api: ApiUnderTest
let versions = 0

beforeAll(async () => {
  api = await openApiUnderTest({ onPglite: true })
})
afterAll(() => api?.close())
afterEach(() => {
  api.fault = undefined
})

/** Publishes the next version of one agent; returns its seq. */
async function move(status = 'active'): Promise<number> {
  const packed = packAgent('mover', `Version ${versions + 1}.\n`, { status }, versions)
  versions++
  return resultOf(await publish(api.ports.registry, [packed])).seq
}

const reads = () => api.calls.filter((call) => call.endsWith('/rpc/registry_events_since')).length
const run = (sql: string) => api.query(sql)

test('a stream sends past events, then new ones, each event once and with its id', async () => {
  const [first, second] = [await move(), await move()]
  const { open } = openStreams(api.ports)
  const reader = await open(`/api/events?since=${first - 1}`)
  const { status, headers } = reader.response
  expect([status, headers.get('content-type'), headers.get('cache-control')]).toEqual([
    200,
    'text/event-stream; charset=utf-8',
    'private, no-store, no-transform',
  ])
  expect(await reader.events(2)).toEqual([`${first} agent.added mover`, `${second} agent.updated mover`])
  expect(reader.text()).toMatch(new RegExp(`^retry: 2000\nid: ${first - 1}\n\nid: ${first}\n`))
  // Nothing was published to the bus: it polls.
  const third = await move()
  expect(await reader.events(1)).toEqual([`${third} agent.updated mover`])
  // A nudge may come more than once, and late.
  const fourth = await move()
  for (const seq of [fourth, third, fourth, first]) api.ports.bus.publish(seq)
  const fifth = await move()
  api.ports.bus.publish({ cursor: fifth, mark: null, events: [] })
  expect(await reader.events(2)).toEqual([`${fourth} agent.updated mover`, `${fifth} agent.updated mover`])
  await reader.leave()
})

test('streams with the same rights share the reads of a page', async () => {
  const start = await move()
  const { open } = openStreams(api.ports)
  const publisher = await api.token()
  const readers = await Promise.all(
    Array.from({ length: 12 }, () => open(`/api/events?since=${start}`)).concat(
      open(`/api/events?since=${start}`, publisher),
    ),
  )
  const sees = (expected: string) =>
    Promise.all(readers.map(async (reader) => expect(await reader.events(1)).toEqual([expected])))
  const second = await move()
  api.ports.bus.publish(second)
  await sees(`${second} agent.updated mover`)
  const third = await move()
  const before = reads()
  api.ports.bus.publish(third)
  await sees(`${third} agent.updated mover`)
  // The first reader's own, the one that all others wait for, and the publisher's.
  expect(reads() - before).toBeLessThanOrEqual(3)
  for (const reader of readers) await reader.leave()
})

test('a stream continues from the last id, whatever `since` says', async () => {
  const [before, seq] = [await move(), await move()]
  const { open } = openStreams(api.ports)
  const reader = await open('/api/events?since=0', { 'last-event-id': String(before) })
  expect(await reader.events(1)).toEqual([`${seq} agent.updated mover`])
  await reader.leave()
})

test('a stream from `now` sends new events only', async () => {
  const { open } = openStreams(api.ports)
  const reader = await open('/api/events?since=now')
  await reader.until(/^id: \d+\n\n/m)
  const seq = await move()
  api.ports.bus.publish(seq)
  expect(await reader.events(1)).toEqual([`${seq} agent.updated mover`])
  await reader.leave()
})

test('a stream advances a reader past drafts without showing them, and shows them to a publisher', async () => {
  const start = await move()
  const { open } = openStreams(api.ports)
  const [reader, publisher] = [
    await open(`/api/events?since=${start}`),
    await open(`/api/events?since=${start}`, await api.token()),
  ]
  const draft = await move('draft')
  api.ports.bus.publish(draft)
  await reader.until(new RegExp(`\n\nid: ${draft}\n\n$`))
  expect(reader.text()).not.toContain('mover')
  expect(await publisher.events(1)).toEqual([`${draft} agent.updated mover`])
  await Promise.all([reader.leave(), publisher.leave()])
})

describe('a stream that is refused before it begins', () => {
  test.each(['abc', '-1', '1.5', '1e3', '9'.repeat(16)])(
    'a stream is refused for the last id %s',
    async (id) => {
      const answer = await api.get('/api/events', { ...STREAM, 'last-event-id': id })
      expectProblem(answer, 400, 'BAD_REQUEST')
      expect(answer.json.detail).toBe('Last-Event-ID is not the number of an event')
    },
  )

  test('a stream is refused for a cursor that the feed no longer has', async () => {
    const answer = await api.get('/api/events', { ...STREAM, 'last-event-id': '999999' })
    expectProblem(answer, 410, 'CURSOR_GONE')
    expect(answer.json.hint).toMatch(/^read everything again, then continue from the cursor \d+$/)
  })

  test('a stream is refused while too many are open, until one of them ends', async () => {
    const { send, open } = openStreams(api.ports, { most: 2 })
    const [first, second] = [await open('/api/events'), await open('/api/events')]
    // A request that is refused for another reason, or has no body, takes no slot.
    expect((await send('/api/events', { 'last-event-id': '999999' })).status).toBe(503)
    const refused = await send('/api/events')
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '10'])
    expect(await refused.json()).toMatchObject({ code: 'TOO_MANY_STREAMS' })
    await first.leave()
    for (let at = 0; at < 3; at++) {
      expect((await send('/api/events', { 'last-event-id': '999999' })).status).toBe(410)
      expect((await send('/api/events', {}, { method: 'HEAD' })).status).toBe(200)
    }
    const third = await open('/api/events')
    expect(third.response.status).toBe(200)
    await Promise.all([second.leave(), third.leave()])
  })
})

test('a stream ends after its time limit and frees its slot', async () => {
  const { open } = openStreams(api.ports, { most: 1, lastMs: 50 })
  for (let at = 0; at < 2; at++) {
    const reader = await open('/api/events?since=now')
    expect(reader.response.status).toBe(200)
    await reader.toEnd()
  }
})

test('a stream that is not read ends after its time limit as well', async () => {
  const { open, send } = openStreams(api.ports, { most: 1, lastMs: 50 })
  await open('/api/events?since=now')
  await expect.poll(async () => (await send('/api/events?since=now')).status).toBe(200)
})

test.each([
  ['before its first page is read', (gone: AbortController) => gone.abort()],
  [
    'while its first page is read',
    (gone: AbortController) => {
      api.fault = () => {
        gone.abort()
        return Response.json({ cursor: 0, mark: null, events: [] })
      }
    },
  ],
])('a stream is removed when its reader disconnects %s', async (_when, leave) => {
  let listening = 0
  const subscribe = (wake: () => void) => {
    const unsubscribe = api.ports.bus.subscribe(wake)
    listening++
    return () => {
      listening--
      unsubscribe()
    }
  }
  const { open, streams } = openStreams({ ...api.ports, bus: { ...api.ports.bus, subscribe } }, { most: 1 })
  const gone = new AbortController()
  leave(gone)
  await (await open('/api/events?since=0', {}, { signal: gone.signal })).toEnd()
  expect(listening).toBe(0)
  expect(streams.take(() => {}, { share: undefined, isKnown: false })).toBeTypeOf('function')
})

test('a stream sends comments while there are no events', async () => {
  const { open } = openStreams(api.ports, { beatMs: 20 })
  const reader = await open('/api/events?since=now')
  await reader.until(/\n\n:\n\n:\n\n/)
  await reader.leave()
})

test('a stream reads the registry as fast as its reader consumes it', async () => {
  const start = await move()
  for (let at = 0; at < 3; at++) await move()
  const { open } = openStreams(api.ports)
  const before = reads()
  const reader = await open(`/api/events?since=${start}&limit=1`)
  expect(reads() - before).toBe(1)
  expect(await reader.events(1)).toHaveLength(1)
  api.ports.bus.publish(1e9)
  expect(reads() - before).toBe(1)
  expect(await reader.events(2)).toHaveLength(2)
  expect(reads() - before).toBe(3)
  await reader.leave()
})

test('a stream survives a registry that is unreachable for a while', async () => {
  const { open } = openStreams(api.ports, { beatMs: 20 })
  const reader = await open('/api/events?since=now')
  await reader.until(/id/)
  const seq = await move()
  api.fault = () => Response.json({ message: 'down', code: '57P03' }, { status: 503 })
  const before = api.calls.length
  const event = reader.events(1)
  await expect.poll(() => api.calls.length - before).toBeGreaterThan(2)
  api.fault = undefined
  expect(await event).toEqual([`${seq} agent.updated mover`])
  await reader.leave()
})

test.each([
  [
    'a registry that was restored',
    { message: 'gone', code: 'PT410', details: '{"code":"CURSOR_GONE"}' },
    410,
  ],
  ['a token that is no longer valid', { message: 'JWT expired', code: 'PGRST303' }, 401],
])('a stream ends for %s: the reader gets the reason when it reconnects', async (_what, body, status) => {
  const { open } = openStreams(api.ports, { beatMs: 20 })
  const reader = await open('/api/events?since=now')
  await reader.until(/id/)
  api.fault = () => Response.json(body, { status })
  await reader.toEnd()
})

test('all streams end when the API closes', async () => {
  const { open, streams } = openStreams(api.ports)
  const readers = [await open('/api/events?since=now'), await open('/api/events?since=now')]
  const ends = readers.map((reader) => reader.toEnd())
  streams.endAll()
  await Promise.all(ends)
})

describe('over HTTP', () => {
  let server: Server
  let port: number
  const send = (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${port}${path}`, init)

  beforeAll(async () => {
    const places = openStreams(api.ports, { most: 1, beatMs: 20 })
    const answer = ({ url }: Request) => places.send(url)
    server = createServer(getRequestListener(answer, { overrideGlobalObjects: false }))
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
    port = (server.address() as AddressInfo).port
  })
  afterAll(async () => {
    const closed = new Promise((resolve) => server.close(resolve))
    server.closeAllConnections()
    await closed
  })

  test('a stream whose reader is cut off frees its slot', async () => {
    const gone = new AbortController()
    const reader = readEvents(await send('/api/events?since=now', { signal: gone.signal }))
    await reader.until(/id/)
    expect((await send('/api/events')).status).toBe(503)
    gone.abort()
    const comesBack = async () => {
      const { status, body } = await send('/api/events?since=now')
      await body?.cancel()
      return status
    }
    await expect.poll(comesBack).toBe(200)
  })

  test('a stream whose reader consumes nothing stops reading the registry', async () => {
    await run(`insert into registry_events (seq, type, kind, id, audience, at)
      select (select seq from registry_counter) + n, 'agent.updated', 'agents', repeat('long', 50), 'public', now()
      from generate_series(1, 30000) as n;
      update registry_counter set seq = seq + 30000`)
    const { cursor } = await api.ports.registry.events('now', 1)
    const before = reads()
    const socket = connect(port, '127.0.0.1')
    socket.pause()
    socket.write(`GET /api/events?since=${cursor - 30_000}&limit=1000 HTTP/1.1\r\nhost: x\r\n\r\n`)
    await expect.poll(() => reads() - before).toBeGreaterThan(1)
    const counts: number[] = []
    const standsStill = () => counts.push(reads()) > 1 && counts.at(-1) === counts.at(-2)
    // Thirty pages of 400 kB are available; only as much is read as the sockets hold.
    await expect.poll(standsStill, { interval: 200 }).toBe(true)
    expect(reads() - before).toBeLessThan(20)
    socket.destroy()
  })
})
