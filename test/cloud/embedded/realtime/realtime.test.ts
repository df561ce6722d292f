import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { type Cloud, openCloud } from '../../../../src/cloud/embedded/open-cloud.ts'
import { HOSTED_LIMITS } from '../../../../src/cloud/embedded/realtime/limits.ts'
import {
  openRealtime,
  type Realtime,
  SOCKET_PATH,
} from '../../../../src/cloud/embedded/realtime/open-realtime.ts'
import { placeEmbedded } from '../../../harness/embedded-template.ts'
import { connectRaw } from '../../support/raw-socket.ts'
import { temporaryRoot } from '../../support/temporary-folder.ts'

const LIMITS = {
  ...HOSTED_LIMITS,
  connections: 12,
  channelsPerConnection: 3,
  joinsPerSecond: 8,
  messagesPerSecond: 20,
  backlog: 1024 * 1024,
}
/** Limits that disconnect a silent client after 300 ms. */
const IMPATIENT = { ...LIMITS, silence: 300 }

/** The tests use the protocol without a client library; the limits are small, so that they are soon reached. */
describe('a client of Realtime', () => {
  const { path: root, remove } = temporaryRoot()
  const troubles: unknown[] = []
  const server = createServer()
  let cloud: Cloud
  let realtime: Realtime
  let impatient: Realtime
  let base: string
  const statuses: number[] = []
  beforeAll(async () => {
    await placeEmbedded(root)
    cloud = await openCloud({ root })
    const onTrouble = (error: unknown) => troubles.push(error)
    realtime = await openRealtime({ cloud, limits: LIMITS, onTrouble })
    impatient = await openRealtime({ cloud, limits: IMPATIENT, onTrouble })
    server.on('upgrade', (request, ...rest) => {
      const chosen = request.url?.includes('impatient') ? impatient : realtime
      statuses.push(chosen.upgrade(request, ...rest))
    })
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    base = `ws://127.0.0.1:${(server.address() as AddressInfo).port}${SOCKET_PATH}`
  })
  afterAll(async () => {
    await Promise.all([realtime.close(), impatient.close()])
    await new Promise((closed) => server.close(closed))
    await cloud.close()
    remove()
    expect(troubles).toEqual([])
  })
  const connect = (more = '') => connectRaw(`${base}?apikey=${cloud.keys.publishable}&vsn=2.0.0${more}`)
  const heartbeat = [null, 'beat', 'phoenix', 'heartbeat', {}]
  const answered = [null, 'beat', 'phoenix', 'phx_reply', { status: 'ok', response: {} }]
  /** Checks that other clients are still served. */
  const serves = async () => {
    const other = await connect()
    other.send(heartbeat)
    await expect.poll(() => other.got).toEqual([answered])
    other.socket.terminate()
  }

  test.each<[what: string, query: (keys: Cloud['keys']) => string, status: number]>([
    ['no key', () => '', 401],
    ['an empty key', () => '?apikey=&vsn=2.0.0', 401],
    ['another key', () => `?apikey=sb_secret_${'a'.repeat(32)}`, 401],
    ['the secret that signs tokens', ({ jwtSecret }) => `?apikey=${jwtSecret}`, 401],
    ['an unknown vsn', ({ publishable }) => `?apikey=${publishable}&vsn=3.0.0`, 403],
    ['another path', ({ secret }) => `/longpoll?apikey=${secret}`, 404],
    ['an invalid vsn', ({ secret }) => `?apikey=${secret}&vsn=__proto__`, 403],
  ])('a client with %s is refused before it is connected', async (_what, query, status) => {
    await expect(connectRaw(`${base}${query(cloud.keys)}`)).rejects.toThrow(String(status))
    expect(statuses.at(-1)).toBe(status)
  })

  const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`
  test.each<[what: string, data: unknown, code: number]>([
    ['broken JSON', '["1","1","realtime:a"', 1007],
    [
      'an object where an array belongs',
      { topic: 'phoenix', event: 'heartbeat', payload: {}, ref: '1' },
      1007,
    ],
    ['too short an array', ['1', '1', 'realtime:a', 'phx_join'], 1007],
    ['a payload that is a text', ['1', '1', 'realtime:a', 'phx_join', 'config'], 1007],
    ['a topic that is a number', ['1', '1', 7, 'phx_join', {}], 1007],
    ['a topic of 300 letters', ['1', '1', `realtime:${'a'.repeat(300)}`, 'phx_join', {}], 1007],
    ['null', 'null', 1007],
    ['nothing', '', 1007],
    ['bytes of an unknown kind', Buffer.from([9, 0, 0, 0, 0, 0, 0]), 1007],
    ['bytes that promise more than there is', Buffer.from([3, 255, 255, 255, 255, 255, 1]), 1007],
    ['bytes that are cut off', Buffer.from([3]), 1007],
    [
      'bytes that are declared as JSON and are not',
      Buffer.concat([Buffer.from([3, 0, 0, 1, 1, 0, 1]), Buffer.from('ab{')]),
      1007,
    ],
    ['a frame of 2 MB', Buffer.alloc(2_000_000), 1009],
    ['a text of 2 MB', `["${'a'.repeat(2_000_000)}"]`, 1009],
  ])('a client that sends %s is disconnected, and other clients are served', async (_what, data, code) => {
    const client = await connect()
    client.send(data)
    expect(await client.closed).toBe(code)
    expect(client.got).toEqual([])
    await serves()
  })

  test('a client that sends JSON of 20,000 levels to a topic is disconnected, and other clients are served', async () => {
    const [speaker, listener] = [await connect(), await connect()]
    await Promise.all([speaker.join('deep'), listener.join('deep')])
    speaker.send(`[null,"1","realtime:deep","broadcast",{"event":"a","payload":${deep}}]`)
    expect(await speaker.closed).toBe(1007)
    listener.send(heartbeat)
    await expect.poll(() => listener.got.at(-1)).toEqual(answered)
  })

  const post = (path: string, body: string | Buffer, type = 'application/json') =>
    realtime.fetch(
      new Request(`http://127.0.0.1/realtime/v1/api/broadcast${path}`, {
        method: 'POST',
        headers: { apikey: cloud.keys.publishable, 'content-type': type },
        body,
      }),
    )
  test('a POST of JSON of 20,000 levels is refused, in either form', async () => {
    const batch = `{"messages":[{"topic":"a","event":"a","payload":${deep}}]}`
    for (const answer of [await post('', batch), await post('/a/events/a', deep)]) {
      expect(answer.status).toBe(422)
      expect(await answer.json()).toEqual({ message: 'Payload has too many levels' })
    }
  })

  test('a broadcast whose event name is too long for a binary frame is refused, and not sent to other clients', async () => {
    const [speaker, listener] = [await connect(), await connect()]
    await Promise.all([speaker.join('long'), listener.join('long')])
    const bytes = 'application/octet-stream'
    expect((await post(`/long/events/${'%C3%A9'.repeat(128)}`, Buffer.from('x'), bytes)).status).toBe(422)
    // Bytes that are not UTF-8 become three bytes each.
    const head = Buffer.from([3, 0, 1, 13, 255, 0, 0])
    speaker.send(Buffer.concat([head, Buffer.from('1realtime:long'), Buffer.alloc(255, 0xff)]))
    const reason = 'a broadcast has an event and a payload'
    await expect
      .poll(() => speaker.got.at(-1))
      .toMatchObject({ 4: { status: 'error', response: { reason } } })
    expect((await post('/long/events/last', Buffer.from('x'), bytes)).status).toBe(202)
    await expect
      .poll(() => listener.got.slice(1))
      .toEqual([Buffer.from('\x04\x0d\x04\0\0realtime:longlastx')])
  })

  const reply = (ref: string, topic: string, status: string, response: unknown) => [
    null,
    ref,
    topic,
    'phx_reply',
    { status, response },
  ]
  test.each<[what: string, message: unknown[], answer: unknown[] | undefined]>([
    [
      'joins a topic without the prefix',
      [null, '1', 'room', 'phx_join', {}],
      reply('1', 'room', 'error', { reason: 'unmatched topic' }),
    ],
    [
      'joins without a name',
      [null, '1', 'realtime:', 'phx_join', {}],
      reply('1', 'realtime:', 'error', { reason: 'TopicNameRequired: You must provide a topic name' }),
    ],
    [
      'broadcasts without having joined',
      [null, '1', 'realtime:a', 'broadcast', { event: 'a', payload: {} }],
      reply('1', 'realtime:a', 'error', { reason: 'unmatched topic' }),
    ],
    [
      'leaves a channel that it has not joined',
      [null, '1', 'realtime:a', 'phx_leave', {}],
      reply('1', 'realtime:a', 'ok', {}),
    ],
    [
      'joins with an invalid config',
      [null, '1', 'realtime:a', 'phx_join', { config: 7, access_token: {} }],
      reply('1', 'realtime:a', 'ok', { postgres_changes: [] }),
    ],
    [
      'asks for changes in an invalid form',
      [null, '1', 'realtime:a', 'phx_join', { config: { postgres_changes: { length: 1e9 } } }],
      reply('1', 'realtime:a', 'ok', { postgres_changes: [] }),
    ],
    [
      'asks for a replay',
      [null, '1', 'realtime:a', 'phx_join', { config: { broadcast: { replay: { since: 1 } } } }],
      reply('1', 'realtime:a', 'error', {
        reason: 'UnableToReplayMessages: Replay is not allowed for public channels',
      }),
    ],
    [
      'asks for presence',
      [null, '1', 'realtime:a', 'phx_join', { config: { presence: { key: '', enabled: true } } }],
      reply('1', 'realtime:a', 'error', {
        reason: 'PresenceNotServed: presence is not served by nofx dev: use broadcasts, or a hosted project',
      }),
    ],
    [
      'sends a token of 100 KB',
      [null, '1', 'realtime:a', 'phx_join', { access_token: 'a.'.repeat(50_000) }],
      reply('1', 'realtime:a', 'error', { reason: 'MalformedJWT: The token provided is not a valid JWT' }),
    ],
  ])('a client that %s gets the documented reply', async (_what, message, answer) => {
    const client = await connect()
    client.send(message)
    await expect.poll(() => client.got).toEqual([answer])
  })

  test.each<[what: string, header: object, claims: object, reason: RegExp]>([
    ['alg none', { alg: 'none' }, {}, /^(MalformedJWT|JwtSignatureError)/],
    ['another key', { alg: 'HS256', key: 'other' }, {}, /^JwtSignatureError/],
    ['HS512', { alg: 'HS512' }, {}, /^JwtSignatureError/],
    ['without an expiry', { alg: 'HS256' }, { exp: undefined }, /^InvalidJWTToken: Fields `role` and `exp`/],
    [
      'that expired long ago',
      { alg: 'HS256' },
      { exp: 1 },
      /^InvalidJWTToken: Token has expired \d{9,} seconds ago/,
    ],
    ['that is not valid yet', { alg: 'HS256' }, { nbf: 4_000_000_000 }, /^MalformedJWT/],
  ])(
    'a client with a forged token (%s) may not join',
    async (_what, { key, ...header }: { key?: string; alg?: string }, claims, reason) => {
      const payload = { role: 'service_role', exp: 4_000_000_000, ...claims }
      const secret = new TextEncoder().encode(key ? 'x'.repeat(64) : cloud.keys.jwtSecret)
      const encoded = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url')
      const token =
        header.alg === 'none'
          ? `${encoded(header)}.${encoded(payload)}.`
          : await new SignJWT(payload).setProtectedHeader({ alg: `${header.alg}` }).sign(secret)
      const client = await connect()
      const answer = await client.join('registry:publisher', { private: true }, token)
      expect(answer).toEqual({ status: 'error', response: { reason: expect.stringMatching(reason) } })
    },
  )

  test('a client that joins twice has one channel, the later one', async () => {
    const client = await connect()
    await client.join('twice')
    await client.join('twice', { broadcast: { self: true } })
    client.send(['join-2', '9', 'realtime:twice', 'broadcast', { event: 'a', payload: 1 }])
    const broadcast = { type: 'broadcast', event: 'a', payload: 1 }
    await expect
      .poll(() => client.got.slice(1))
      .toEqual([
        ['join-1', 'join-1', 'realtime:twice', 'phx_close', {}],
        [
          'join-2',
          'join-2',
          'realtime:twice',
          'phx_reply',
          { status: 'ok', response: { postgres_changes: [] } },
        ],
        [null, null, 'realtime:twice', 'broadcast', broadcast],
      ])
  })

  test('a client that joins too many channels is refused the last one', async () => {
    const client = await connect()
    for (const name of ['a', 'b', 'c']) expect(await client.join(name)).toMatchObject({ status: 'ok' })
    const reason = 'ChannelRateLimitReached: Too many channels'
    expect(await client.join('d')).toEqual({ status: 'error', response: { reason } })
    client.send([null, 'l', 'realtime:a', 'phx_leave', {}])
    expect(await client.join('d')).toMatchObject({ status: 'ok' })
  })

  test('a client that joins too fast is disconnected', async () => {
    const client = await connect()
    const joins = Array.from({ length: 20 }, () => client.join('again'))
    expect(await client.closed).toBe(1008)
    void joins
    const reason = 'ClientJoinRateLimitReached: Too many joins per second'
    expect(client.got.at(-1)).toMatchObject({ 3: 'phx_reply', 4: { status: 'error', response: { reason } } })
    await serves()
  })

  test('a client that sends too fast is removed from the channel', async () => {
    const client = await connect()
    await client.join('loud')
    for (let n = 0; n < 60; n++)
      client.send([null, null, 'realtime:loud', 'broadcast', { event: 'a', payload: n }])
    await expect
      .poll(() => client.got.find((message) => !Buffer.isBuffer(message) && message[3] === 'phx_close'))
      .toBeTruthy()
    const message = 'Too many messages per second'
    const note = { extension: 'system', status: 'error', message, channel: 'loud' }
    expect(client.got).toContainEqual(['join-1', null, 'realtime:loud', 'system', note])
    expect(client.socket.readyState).toBe(client.socket.OPEN)
  })

  test('a client over the limit of connections may join after another has gone', async () => {
    const others = await Promise.all(Array.from({ length: LIMITS.connections }, () => connect()))
    for (const other of others) expect(await other.join('full')).toMatchObject({ status: 'ok' })
    const late = await connect()
    const reason = 'ConnectionRateLimitReached: Too many connected users'
    expect(await late.join('full')).toEqual({ status: 'error', response: { reason } })
    others[0]?.socket.terminate()
    await expect.poll(() => late.join('full')).toMatchObject({ status: 'ok' })
    for (const { socket } of [...others, late]) socket.terminate()
  })

  test('a client that sends nothing, not even a heartbeat, is disconnected; one that sends heartbeats is not', async () => {
    const [silent, beating] = [await connect('&impatient'), await connect('&impatient')]
    await silent.join('quiet')
    const timer = setInterval(() => beating.send(heartbeat), 50)
    expect(await silent.closed).toBe(1000)
    clearInterval(timer)
    expect(beating.socket.readyState).toBe(beating.socket.OPEN)
  })

  test('a client that does not read is cut off before its messages fill the memory', async () => {
    const [deaf, listener] = [await connect(), await connect()]
    await Promise.all([deaf.join('flood'), listener.join('flood')])
    deaf.socket.pause()
    const text = 'x'.repeat(200_000)
    const body = JSON.stringify({ messages: [{ topic: 'flood', event: 'a', payload: { text } }] })
    const headers = { apikey: cloud.keys.publishable }
    const url = 'http://127.0.0.1/realtime/v1/api/broadcast'
    // 20 MB: more than the kernel's buffers and the backlog hold.
    for (let sent = 1; sent <= 100; sent++) {
      const response = await realtime.fetch(new Request(url, { method: 'POST', headers, body }))
      expect(response.status).toBe(202)
      await expect.poll(() => listener.got.length, { interval: 1 }).toBe(sent + 1)
    }
    deaf.socket.resume()
    expect(await deaf.closed).toBe(1006)
    expect(deaf.got.length).toBeLessThan(100)
  })

  test('clients that come and go at any moment leave no state behind', async () => {
    const handles = () => process.getActiveResourcesInfo().filter((name) => name !== 'Immediate').length
    const changes = [{ event: '*', schema: 'public', table: 'registry_events' }]
    const config = { broadcast: { self: true }, postgres_changes: changes }
    /** Ends at once, properly, after its join, or in the middle of a message. */
    const visit = (how: number) =>
      new Promise<void>((gone) => {
        const socket = new WebSocket(`${base}?apikey=${cloud.keys.publishable}&vsn=2.0.0`)
        const topic = `realtime:churn-${how % 2}`
        socket.on('error', () => {})
        socket.once('close', () => gone())
        socket.once('open', () => {
          socket.send(JSON.stringify(['1', '1', topic, 'phx_join', { config }]))
          if (how === 0) socket.terminate()
          if (how === 1) socket.close()
        })
        socket.once('message', () => {
          socket.send(JSON.stringify([null, null, topic, 'broadcast', { event: 'a', payload: {} }]))
          if (how === 2) socket.terminate()
          else socket.once('message', () => socket.terminate())
        })
      })
    const round = () => Promise.all([0, 1, 2, 3, 0, 1, 2, 3].map(visit))
    for (let n = 0; n < 10; n++) await round()
    const before = { handles: handles(), heap: collected() }
    for (let n = 0; n < 50; n++) await round()
    await expect.poll(handles).toBeLessThanOrEqual(before.handles + 2)
    // 400 connections, and code that was compiled meanwhile.
    expect(collected() - before.heap).toBeLessThan(1024 * 1024)
  })
})

/** Bytes on the heap that something still holds. */
function collected(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  return process.memoryUsage().heapUsed
}
