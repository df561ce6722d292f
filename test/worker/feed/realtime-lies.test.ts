import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { connectRegistry, type WorkerRegistry } from '../../../src/worker/connect-registry.ts'
import type { Change } from '../../../src/worker/feed/changes.ts'
import { packAgent } from '../../cloud/support/definitions.ts'
import { temporaryFolder, temporaryRoot } from '../../cloud/support/temporary-folder.ts'
import fc from '../../harness/fast-check.ts'
import { repetitions } from '../../harness/repetition.ts'
import { release, type ServedRegistry, serveRegistry } from '../support/served-registry.ts'

/** A registry whose reads are true and whose Realtime sends anything. */
interface Liar {
  url: string
  /** Sends a frame on every connection, after every channel was joined. */
  send(frame: string | Uint8Array): void
  joins: number
  close(): Promise<void>
}

async function startLiar(target: string): Promise<Liar> {
  const server = createServer(async (incoming, outgoing) => {
    const response = await fetch(`${target}${incoming.url}`, await initOf(incoming))
    const headers = Object.fromEntries(response.headers)
    delete headers['content-encoding']
    delete headers['content-length']
    outgoing.writeHead(response.status, headers).end(Buffer.from(await response.arrayBuffer()))
  })
  const sockets = new WebSocketServer({ server })
  const joined = new Map<WebSocket, string>()
  sockets.on('connection', (socket) => {
    socket.on('error', () => {})
    socket.on('close', () => joined.delete(socket))
    socket.on('message', (data) => {
      const [joinRef, ref, topic, event] = JSON.parse(String(data))
      if (event === 'phx_join') liar.joins++
      if (event === 'phx_join') joined.set(socket, String(joinRef))
      socket.send(JSON.stringify([joinRef, ref, topic, 'phx_reply', { status: 'ok', response: {} }]))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const liar: Liar = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    joins: 0,
    send(frame) {
      for (const [socket, joinRef] of joined)
        socket.send(typeof frame === 'string' ? frame.replaceAll('"JOIN"', `"${joinRef}"`) : frame)
    },
    close: async () => {
      for (const socket of sockets.clients) socket.terminate()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return liar
}

async function initOf(incoming: IncomingMessage): Promise<RequestInit> {
  const { method = 'GET' } = incoming
  const headers = new Headers(incoming.headers as Record<string, string>)
  for (const name of ['host', 'connection', 'content-length', 'accept-encoding']) headers.delete(name)
  const hasBody = method !== 'GET' && method !== 'HEAD'
  return { method, headers, ...(hasBody ? { body: new Uint8Array(await buffer(incoming)) } : {}) }
}

let served: ServedRegistry
let liar: Liar
let worker: WorkerRegistry
const cache = temporaryRoot()
const changes: Change[] = []

beforeAll(async () => {
  served = await serveRegistry()
  liar = await startLiar(served.url)
  await release(served.registry, [packAgent('honest', 'You are true.\n')])
  const options = { key: served.keys.publishable, cacheDir: cache.path, pollMs: 1_000 }
  worker = await connectRegistry({ url: liar.url, ...options, log: () => {} })
  void (async () => {
    for await (const change of worker.changes()) changes.push(change)
  })()
  await vi.waitUntil(() => liar.joins > 0, { timeout: 60_000 })
}, 120_000)
afterAll(async () => {
  await worker?.close()
  await liar?.close()
  await served?.close()
  cache.remove()
})

const FALSE_HEAD = { seq: 999, kind: 'agents', id: 'honest', version: 999, type: 'agent.updated' }
const anything = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(null, 7, '', [], {}, FALSE_HEAD, { ids: 5, data: null }, { status: 'ok', response: 7 }, [
    [],
  ]),
  fc.constantFrom(
    { type: 'broadcast', event: 'change', payload: FALSE_HEAD },
    { data: { type: 'INSERT', schema: 'public', table: 'registry_events', columns: 7, record: FALSE_HEAD } },
    { joins: 7, leaves: null },
    { __proto__: { polluted: true }, constructor: { prototype: { polluted: true } } },
  ),
)
const reference = fc.oneof(fc.constantFrom<unknown>('JOIN', null, '1', '2', 3), anything)
const topic = fc.oneof(
  fc.constantFrom<unknown>(
    'realtime:registry',
    'realtime:registry:publisher',
    'phoenix',
    'realtime:__proto__',
  ),
  anything,
)
const event = fc.oneof(
  fc.constantFrom<unknown>('broadcast', 'phx_reply', 'phx_error', 'system', 'postgres_changes'),
  fc.constantFrom<unknown>('presence_state', 'presence_diff', 'phx_close', 'phx_join', 'chan_reply_1'),
  anything,
)
const frame = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(reference, reference, topic, event, anything).map((one) => JSON.stringify(one)),
  },
  fc.string(),
  anything.map((one) => JSON.stringify(one)),
  fc.constantFrom('{broken', '', 'null', '['.repeat(100_000), `${'['.repeat(5_000)}${']'.repeat(5_000)}`),
  fc.uint8Array({ maxLength: 60 }),
  // The two kinds of binary messages, with lengths that do not fit.
  fc
    .tuple(fc.constantFrom(3, 4), fc.uint8Array({ maxLength: 40 }))
    .map(([kind, rest]) => Uint8Array.of(kind, ...rest)),
)

test('a worker survives any frame of Realtime, and takes no head and no change from it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(frame, { minLength: 20, maxLength: 40 }), async (frames) => {
      for (const one of frames) liar.send(one)
      expect(await worker.agent('honest')).toMatchObject({ ok: true, agent: { version: 1, id: 'honest' } })
    }),
    { numRuns: repetitions(12, 25) },
  )
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  expect(changes).toEqual([])
  await release(served.registry, [packAgent('honest', 'You are still true.\n')])
  await vi.waitUntil(() => changes.length > 0, { timeout: 60_000 })
  expect(changes).toEqual([expect.objectContaining({ id: 'honest', version: 2 })])
  expect(await worker.agent('honest')).toMatchObject({ ok: true, agent: { version: 2 } })
}, 180_000)

test('a worker is woken by Realtime after frames that it could not read', async () => {
  const options = { key: served.keys.publishable, cacheDir: temporaryFolder(), pollMs: 600_000 }
  const joins = liar.joins
  const patient = await connectRegistry({ url: liar.url, ...options, log: () => {} })
  try {
    await vi.waitUntil(() => liar.joins > joins, { timeout: 60_000 })
    for (const broken of ['{broken', 'null', '[null,null,"realtime:registry","system",null]'])
      liar.send(broken)
    const next = patient.changes()[Symbol.asyncIterator]().next()
    await release(served.registry, [packAgent('honest', 'You are woken.\n')])
    liar.send(
      JSON.stringify([
        null,
        null,
        'realtime:registry',
        'broadcast',
        { type: 'broadcast', event: 'change', payload: {} },
      ]),
    )
    expect(await next).toMatchObject({ value: { id: 'honest', version: 3 } })
  } finally {
    await patient.close()
  }
}, 120_000)
