import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { createPinnedSend } from '../../../src/cloud/hosted/send-pinned.ts'
import { newSecret } from '../../../src/contract/protocol/signature.ts'
import { deliverySchema } from '../../../src/contract/protocol/webhooks.ts'
import { type ForwardPorts, forwardEvents } from '../../../src/edge/forward/forwarder.ts'
import { createSend } from '../../../src/edge/forward/send.ts'
import type { Rpc } from '../../../src/edge/http/rpc.ts'
import { createDatabase, type PostgresDatabase } from '../../harness/postgres.ts'
import { emptyOutbox, type OutboxUnderTest, SECRET } from '../../sql/support/outbox-under-test.ts'
import { receive, seqsIn } from '../support/receiver.ts'
import { rpcOf } from '../support/rpc.ts'

const SENDS = {
  'a pinned socket': createPinnedSend({ loopback: true }),
  fetch: createSend(fetch, async () => ['127.0.0.1'], { loopback: true }),
}

let db: PostgresDatabase
let outbox: OutboxUnderTest
let lines: string[]
beforeAll(async () => {
  db = await createDatabase()
})
afterAll(() => db.drop())
beforeEach(async () => {
  outbox = await emptyOutbox(db)
  lines = []
})

function ports(more: Partial<ForwardPorts> = {}): ForwardPorts {
  const log = (line: object) => lines.push(JSON.stringify(line))
  return { rpc: rpcOf(db), send: SENDS['a pinned socket'], secrets: [], patienceMs: 60_000, log, ...more }
}

const forward = (more?: Partial<ForwardPorts>) => forwardEvents(ports(more), { budgetMs: 20_000 })

describe.each(Object.entries(SENDS))('over %s a receiver', (_name, send) => {
  test('a receiver gets batches in order, with signatures that the official package accepts', async () => {
    const receiver = await receive()
    const id = await outbox.add({ url: receiver.url })
    await outbox.publishSome(120)
    expect(await forward({ send })).toEqual({ delivered: 2, failed: 0, dead: 0, disabled: 0 })
    const [first, second] = receiver.got
    expect(receiver.got.flatMap(seqsIn)).toEqual(receiver.got.flatMap(seqsIn).sort((a, b) => a - b))
    expect(receiver.got.flatMap(seqsIn)).toHaveLength(120)
    for (const { headers, body } of receiver.got) {
      const delivery = deliverySchema.parse(new Webhook(SECRET).verify(body, headers))
      expect(delivery).toMatchObject({ type: 'registry.events', data: { missed: false } })
      expect(headers).toMatchObject({ 'content-type': 'application/json', 'user-agent': 'nofx' })
    }
    expect(first!.headers['webhook-id']).not.toBe(second!.headers['webhook-id'])
    expect(await outbox.one(id)).toMatchObject({ state: 'active', lag: 0 })
  })

  test('a redirect of a receiver is not followed, in particular not to a private address', async () => {
    const victim = await receive()
    const receiver = await receive((outgoing) => outgoing.writeHead(307, { location: victim.url }).end())
    const id = await outbox.add({ url: receiver.url })
    await outbox.publishSome()
    expect(await forward({ send })).toMatchObject({ failed: 1 })
    expect(victim.got).toEqual([])
    expect(await outbox.one(id)).toMatchObject({
      lastStatus: 307,
      lastError: 'it answered 307: redirects are not followed',
    })
  })

  test('a receiver that sends a long answer is cut off, and its batch counts as delivered', async () => {
    let sent = 0
    const receiver = await receive((outgoing) => {
      const chunk = Buffer.alloc(65_536)
      const more = () => {
        while (!outgoing.destroyed && outgoing.write(chunk)) sent += chunk.length
      }
      outgoing.on('drain', more)
      more()
    })
    await outbox.add({ url: receiver.url })
    await outbox.publishSome()
    expect(await forward({ send })).toMatchObject({ delivered: 1 })
    expect(sent).toBeLessThan(50_000_000)
  })

  test('a receiver that answers and then sends slowly has its batch counted as delivered', async () => {
    const dripping = await receive((outgoing) => {
      outgoing.writeHead(200)
      const drip = setInterval(() => outgoing.write('.'), 20)
      outgoing.once('close', () => clearInterval(drip))
    })
    await outbox.add({ url: dripping.url })
    await outbox.publishSome()
    expect(await forward({ send })).toMatchObject({ delivered: 1 })
    expect(await forward({ send, patienceMs: 300 })).toMatchObject({ failed: 0 })
  })

  test('a receiver that is unreachable, breaks off or answers an error is recorded with that reason', async () => {
    const dead = await receive()
    dead.server.close()
    const broken = await receive((outgoing) => outgoing.writeHead(500).end())
    const cut = await receive((_outgoing, _received, incoming) => incoming.socket.destroy())
    const ids: string[] = []
    for (const { url } of [dead, broken, cut]) ids.push(await outbox.add({ url }))
    await outbox.publishSome()
    expect(await forward({ send })).toMatchObject({ failed: 3, delivered: 0 })
    const errors = await Promise.all(ids.map(async (id) => (await outbox.one(id)).lastError))
    expect(errors).toEqual([
      'it cannot be reached (ECONNREFUSED)',
      'it answered 500',
      expect.stringMatching(/^it cannot be reached \(\w+\)$/),
    ])
  })

  test('a receiver that sends Retry-After is not called before that time', async () => {
    const receiver = await receive((outgoing) =>
      outgoing.writeHead(receiver.got.length > 1 ? 500 : 429, { 'retry-after': '120' }).end(),
    )
    const id = await outbox.add({ url: receiver.url })
    await outbox.publishSome()
    await forward({ send })
    const soon = `next_at > now() + interval '110 seconds' as later from public.registry_webhooks where id = $1`
    const isLater = async () => (await db.query<{ later: boolean }>(`select ${soon}`, [id]))[0]!.later
    expect(await isLater()).toBe(true)
    expect(lines[0]).toContain('"retryAfter":120')
    // Only an answer 429 or 503 may ask for a pause; the header of another answer is ignored.
    await outbox.wait(id)
    await forward({ send })
    expect(lines[1]).not.toContain('retryAfter')
  })

  test('a receiver that never answers times out', async () => {
    const silent = await receive(() => {})
    const id = await outbox.add({ url: silent.url })
    await outbox.publishSome()
    expect(await forward({ send, patienceMs: 300 })).toMatchObject({ failed: 1 })
    expect(await outbox.one(id)).toMatchObject({ lastStatus: null, lastError: 'it did not answer in time' })
  })
})

test('a receiver that hangs delays another receiver’s new batch by one poll at most', async () => {
  const hanging = await receive(() => {})
  let arrived = () => {}
  const quick = await receive((outgoing) => {
    outgoing.end()
    arrived()
  })
  for (const { url } of [hanging, quick]) await outbox.add({ url })
  await outbox.publishSome(1)
  const stop = new AbortController()
  const ended = forward({ signal: stop.signal })
  for (const count of [1, 2, 3]) {
    await new Promise<void>((done) => {
      arrived = done
      if (quick.got.length >= count) done()
    })
    // The hanging receiver has a minute; the other one gets each new event meanwhile.
    await outbox.publishSome(1)
  }
  stop.abort()
  await ended
  expect(hanging.got).toHaveLength(1)
})

test('a slow receiver does not delay other receivers', async () => {
  let release = () => {}
  const slow = await receive((outgoing) => {
    // The first answer waits until the other receiver has everything.
    if (slow.got.length > 1) outgoing.end()
    else release = () => outgoing.end()
  })
  const quick = await receive((outgoing) => {
    outgoing.end()
    if (quick.got.length === 3) release()
  })
  for (const { url } of [slow, quick]) await outbox.add({ url })
  await outbox.publishSome(230)
  expect(await forward()).toEqual({ delivered: 6, failed: 0, dead: 0, disabled: 0 })
  expect(quick.got.flatMap(seqsIn)).toHaveLength(230)
  expect(slow.got.flatMap(seqsIn)).toHaveLength(230)
})

test('a failing receiver gets the same batch with the same id until it succeeds, and then the rest', async () => {
  const receiver = await receive((outgoing) => outgoing.writeHead(receiver.got.length < 3 ? 503 : 204).end())
  const id = await outbox.add({ url: receiver.url })
  await outbox.publishSome(2)
  for (let attempt = 0; attempt < 3; attempt++) {
    await forward()
    await outbox.publishSome()
    await outbox.wait(id)
  }
  await forward()
  const ids = receiver.got.map(({ headers }) => headers['webhook-id'])
  expect(new Set(ids.slice(0, 3)).size).toBe(1)
  expect(new Set(receiver.got.slice(0, 3).map(({ body }) => body)).size).toBe(1)
  expect(ids[3]).not.toBe(ids[0])
  expect(receiver.got.slice(2).flatMap(seqsIn)).toHaveLength(5)
  for (const { headers, body } of receiver.got) new Webhook(SECRET).verify(body, headers)
})

test('a receiver that answers 410 is not called again', async () => {
  const receiver = await receive((outgoing) => outgoing.writeHead(410).end())
  const id = await outbox.add({ url: receiver.url })
  await outbox.publishSome()
  expect(await forward()).toMatchObject({ disabled: 1 })
  await outbox.publishSome()
  await outbox.wait(id)
  await forward()
  expect(receiver.got).toHaveLength(1)
  expect(await outbox.one(id)).toMatchObject({ state: 'disabled', lastStatus: 410 })
})

test('a forwarder that dies between the POST and its settlement sends the same message again', async () => {
  const receiver = await receive()
  const id = await outbox.add({ url: receiver.url })
  await outbox.publishSome(2)
  const dying: Rpc = (name, args) =>
    name === 'registry_settle_delivery' ? Promise.reject(new Error('killed')) : rpcOf(db)(name, args)
  await forward({ rpc: dying })
  expect(await forward()).toMatchObject({ delivered: 0 })
  // Until the lease ends, no other forwarder sends it.
  expect(receiver.got).toHaveLength(1)
  await outbox.wait(id)
  expect(await forward()).toMatchObject({ delivered: 1 })
  const [first, second] = receiver.got
  expect(second!.headers['webhook-id']).toBe(first!.headers['webhook-id'])
  expect(second!.body).toBe(first!.body)
})

test('a forwarder that is stopped settles no unfinished delivery', async () => {
  const stopping = new AbortController()
  const receiver = await receive(() => stopping.abort())
  const id = await outbox.add({ url: receiver.url })
  await outbox.publishSome()
  await forward({ signal: stopping.signal })
  expect(await outbox.one(id)).toMatchObject({ attempts: 0, state: 'active', lag: 1 })
})

test('concurrent forwarders never send two batches to one destination at once', async () => {
  const open = new Set<string>()
  const receivers = await Promise.all(
    Array.from({ length: 4 }, () =>
      receive((outgoing, { headers }, incoming) => {
        const port = String(incoming.socket.localPort)
        const overlaps = open.has(port)
        open.add(port)
        setImmediate(() => {
          open.delete(port)
          outgoing.writeHead(overlaps ? 500 : 200, { 'x-id': headers['webhook-id'] }).end()
        })
      }),
    ),
  )
  for (const { url } of receivers) await outbox.add({ url })
  await outbox.publishSome(230)
  const done = await Promise.all([forward(), forward(), forward()])
  expect(done.reduce((sum, { delivered }) => sum + delivered, 0)).toBe(12)
  for (const { got } of receivers) {
    expect(got).toHaveLength(3)
    expect(got.flatMap(seqsIn)).toEqual(got.flatMap(seqsIn).sort((a, b) => a - b))
  }
})

test('a forwarder begins no delivery after its budget is used up', async () => {
  const receiver = await receive()
  await outbox.add({ url: receiver.url })
  await outbox.publishSome()
  await forwardEvents(ports(), { budgetMs: 0 })
  expect(receiver.got).toEqual([])
})

describe('a deployment', () => {
  const secrets = [newSecret(), newSecret()]

  test('a deployment gets a new id at every attempt, signed with every secret of the environment', async () => {
    const receiver = await receive((outgoing) =>
      outgoing.writeHead(receiver.got.length < 2 ? 503 : 204).end(),
    )
    const id = await outbox.add({ url: receiver.url, deployment: true })
    await outbox.publishSome()
    await forward({ secrets })
    await outbox.publishSome()
    await outbox.wait(id)
    await forward({ secrets })
    expect(new Set(receiver.got.map(({ headers }) => headers['webhook-id'])).size).toBe(2)
    expect(receiver.got.map((one) => seqsIn(one).length)).toEqual([1, 2])
    for (const { headers, body } of receiver.got)
      for (const secret of secrets) new Webhook(secret).verify(body, headers)
  })

  test('a deployment gets no unsigned message', async () => {
    const receiver = await receive()
    const id = await outbox.add({ url: receiver.url, deployment: true })
    await outbox.publishSome()
    expect(await forward()).toMatchObject({ failed: 1 })
    expect(receiver.got).toEqual([])
    expect((await outbox.one(id)).lastError).toBe(
      'NOFX_EVENTS_SECRET is not set where deliveries are sent from',
    )
  })
})

test('the forwarder logs neither secrets nor URLs', async () => {
  const receiver = await receive((outgoing) => outgoing.writeHead(500).end('whsec_of_the_receiver'))
  const away = new URL('/token-in-the-path?key=hunter2', receiver.url).href
  for (const url of [away, 'http://127.0.0.1:1/token-in-the-path']) await outbox.add({ url })
  await outbox.publishSome()
  onTestFinished(() => expect(lines).toHaveLength(2))
  await forward()
  const listed = (await outbox.call<{ lastError: string }[]>('registry_list_webhooks')).map(
    (row) => row.lastError,
  )
  expect(JSON.stringify([lines, listed])).not.toMatch(/whsec|token-in-the-path|hunter2/)
})
