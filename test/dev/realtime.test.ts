import { readFileSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import type { Keys } from '../../src/cloud/embedded/keys.ts'
import { type DevServer, serveDev } from '../../src/dev/serve-dev.ts'
import { agents } from '../../src/plugins/agents/kind.ts'
import { packAgent, publish, resultOf } from '../cloud/support/definitions.ts'
import { temporaryRoot } from '../cloud/support/temporary-folder.ts'
import { placeEmbedded } from '../harness/embedded-template.ts'
import { connectClient, heard, PUBLISHER, subscribed, tokenOf } from './support/realtime-client.ts'

describe('unmodified supabase-js on nofx dev', () => {
  const { path: root, remove } = temporaryRoot()
  let server: DevServer
  let keys: Keys
  beforeAll(async () => {
    await placeEmbedded(root)
    server = await serveDev({ root, kinds: [agents], port: 0, log: () => {} })
    keys = JSON.parse(readFileSync(join(root, '.nofx/keys.json'), 'utf8')) as Keys
  })
  afterAll(async () => {
    await server.close()
    remove()
  })
  const anonymous = (more = {}) => connectClient(server.url, keys.publishable, more)
  const signedIn = async (claims = {}, lasts?: string) => {
    const token = await tokenOf(keys, claims, lasts)
    const client = anonymous()
    await client.realtime.setAuth(token)
    return client
  }
  let count = 0
  /** Publishes an agent; returns its id. */
  const release = async (rest: object = {}) => {
    const id = `agent-${++count}`
    const answer = await publish(server.registry, [packAgent(id, 'You work.', rest)])
    expect(resultOf(answer).outcomes).toMatchObject([{ id, outcome: 'added' }])
    return id
  }
  const publicChannel = { event: '*', schema: 'public', table: 'registry_events' } as const

  test.each(['1.0.0', '2.0.0'])('a client gets the events of a release, over protocol %s', async (vsn) => {
    const channel = anonymous({ vsn }).channel('registry')
    const changes: object[] = []
    const broadcasts: object[] = []
    const notes: object[] = []
    channel.on('postgres_changes', publicChannel, (change) => changes.push(change))
    channel.on('broadcast', { event: 'change' }, (message) => broadcasts.push(message))
    channel.on('system', {}, (note) => notes.push(note))
    await subscribed(channel)
    const id = await release()
    await expect.poll(() => broadcasts).toHaveLength(1)
    const { data } = await anonymous().from('registry_events').select('*').eq('id', id).single()
    const at = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+\+00:00$/)
    const { seq, type, kind, version } = data as Record<string, unknown>
    expect(changes).toEqual([
      {
        eventType: 'INSERT',
        schema: 'public',
        table: 'registry_events',
        commit_timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
        new: { ...data, at },
        old: {},
        errors: null,
      },
    ])
    expect(broadcasts).toEqual([
      { type: 'broadcast', event: 'change', payload: { seq, type, kind, id, version } },
    ])
    const message = 'Subscribed to PostgreSQL'
    expect(notes).toEqual([{ extension: 'postgres_changes', status: 'ok', message, channel: 'registry' }])
  })

  test('a client gets the event of a draft only as a publisher', async () => {
    const others = { anonymous: anonymous(), user: await signedIn() }
    const publishers = {
      publisher: await signedIn(PUBLISHER),
      service: connectClient(server.url, keys.secret),
    }
    const open = async (client: ReturnType<typeof anonymous>, name: string, isPrivate: boolean) => {
      const channel = client.channel(name, { config: { private: isPrivate } })
      const notes = heard(channel)
      await subscribed(channel)
      return notes
    }
    const public_ = await Promise.all(
      [...Object.values(others), ...Object.values(publishers)].map((client) =>
        open(client, 'registry', false),
      ),
    )
    const private_ = await Promise.all(
      Object.values(publishers).map((client) => open(client, 'registry:publisher', true)),
    )
    const draft = await release({ status: 'draft' })
    const live = await release()
    const [first, second, third, fourth] = public_
    await expect
      .poll(() => [...public_, ...private_].every(({ broadcasts }) => broadcasts.includes(live)))
      .toBe(true)
    for (const notes of [first, second]) expect(notes).toEqual({ changes: [live], broadcasts: [live] })
    // Rows of the table depend on the reader; the public topic is the same for all.
    for (const notes of [third, fourth]) expect(notes).toEqual({ changes: [draft, live], broadcasts: [live] })
    for (const notes of private_) expect(notes).toEqual({ changes: [draft, live], broadcasts: [draft, live] })
  })

  test('a client may not join a private channel that it may not read', async () => {
    const reason = (name: string) =>
      `Unauthorized: You do not have permissions to read from this Channel topic: ${name}`
    for (const client of [
      anonymous(),
      await signedIn(),
      await signedIn({ user_metadata: { nofx_role: 'publisher' } }),
    ])
      for (const name of ['registry', 'registry:publisher', 'elsewhere']) {
        const joining = subscribed(client.channel(name, { config: { private: true } }))
        await expect(joining).rejects.toThrow(reason(name))
      }
    const publisher = await signedIn(PUBLISHER)
    await expect(subscribed(publisher.channel('elsewhere', { config: { private: true } }))).rejects.toThrow(
      'elsewhere',
    )
  })

  test('a client gets only events that match its filter', async () => {
    const client = anonymous()
    const channel = client.channel('filtered')
    const none = heard(channel, 'kind=eq.templates')
    const some = heard(channel, 'kind=in.(agents,robots),type=not.eq.agent.removed,seq=gt.0')
    const narrow: object[] = []
    const select = ['seq', 'id']
    channel.on('postgres_changes', { ...publicChannel, select }, (change) => narrow.push(change.new))
    await subscribed(channel)
    const id = await release()
    await expect.poll(() => narrow).toEqual([{ seq: expect.any(Number), id }])
    expect([none.changes, some.changes]).toEqual([[], [id]])
  })

  test.each<[what: string, wish: object, message: string]>([
    ['another table', { table: 'agent_registry' }, 'table: agent_registry, filters: [], select: nil]'],
    [
      'another schema',
      { schema: 'auth' },
      'Please check Realtime is enabled for the given connect parameters',
    ],
    [
      'updates',
      { event: 'UPDATE' },
      'connect parameters: [event: UPDATE, schema: public, table: registry_events,',
    ],
    ['an unknown column', { filter: 'owner=eq.me' }, 'invalid column for filter owner'],
    ['an unknown operator', { filter: 'kind=like.a%' }, 'Error parsing `filter` params'],
    ['a text in place of a number', { filter: 'seq=gt.all' }, 'invalid input syntax for type int8'],
    ['a list without parentheses', { filter: 'kind=in.agents' }, 'must be wrapped by parentheses'],
  ])('a client gets the reason why changes are refused: %s', async (_what, wish, message) => {
    const channel = anonymous().channel('wrong')
    const notes: { status: string; extension: string; message: string }[] = []
    channel.on('system', {}, (note) => notes.push(note))
    const wanted = { ...publicChannel, ...wish } as typeof publicChannel
    channel.on('postgres_changes', wanted, () => {})
    await subscribed(channel)
    await expect.poll(() => notes).toHaveLength(1)
    expect(notes[0]).toMatchObject({ extension: 'postgres_changes', status: 'error' })
    expect(notes[0]?.message).toContain(message)
  })

  test('a client stays in its channel with a fresh token, and is removed when the token expires or is forged', async () => {
    const brief = await tokenOf(keys, PUBLISHER, '3s')
    const closing = async (next?: string) => {
      const client = anonymous()
      await client.realtime.setAuth(brief)
      const channel = client.channel('registry:publisher', { config: { private: true } })
      const notes: string[] = []
      channel.on('system', {}, ({ message }) => notes.push(message))
      await subscribed(channel)
      if (next) await client.realtime.setAuth(next)
      return { channel, notes }
    }
    const fresh = await closing(await tokenOf(keys, PUBLISHER))
    const over = await closing()
    const forged = await closing(await tokenOf({ ...keys, jwtSecret: 'x'.repeat(64) }, PUBLISHER))
    const demoted = await closing(await tokenOf(keys))
    await expect
      .poll(() => [forged, demoted, over].map(({ channel }) => channel.state), { timeout: 10_000 })
      .toEqual(['closed', 'closed', 'closed'])
    expect(forged.notes).toEqual(['Failed to validate JWT signature'])
    expect(demoted.notes).toEqual([
      'You do not have permissions to read from this Channel topic: registry:publisher',
    ])
    expect(over.notes).toEqual([expect.stringMatching(/^Token has expired \d seconds ago$/)])
    expect(fresh.channel.state).toBe('joined')
    expect(fresh.notes).toEqual([])
  })

  test.each<[what: string, token: () => Promise<string>, reason: string]>([
    ['a text that is not a token', async () => 'abc', 'MalformedJWT: The token provided is not a valid JWT'],
    [
      'one with another secret',
      () => tokenOf({ ...keys, jwtSecret: 'y'.repeat(64) }),
      'JwtSignatureError: Failed to validate JWT signature',
    ],
    ['an expired one', () => tokenOf(keys, {}, '-5s'), 'InvalidJWTToken: Token has expired'],
    [
      'one without a role',
      () => tokenOf(keys, { role: undefined }),
      'Fields `role` and `exp` are required in JWT',
    ],
    ['one with another role', () => tokenOf(keys, { role: 'postgres' }), 'Unauthorized: The role in the JWT'],
  ])('a client may not join with an invalid token: %s', async (_what, token, reason) => {
    const client = anonymous()
    await client.realtime.setAuth(await token())
    await expect(subscribed(client.channel('registry'))).rejects.toThrow(reason)
  })

  test('a client gets nothing after it has left', async () => {
    const client = anonymous()
    const [left, kept] = [client.channel('left'), client.channel('kept')]
    const [before, after] = [heard(left), heard(kept)]
    await Promise.all([subscribed(left), subscribed(kept)])
    expect(await client.removeChannel(left)).toBe('ok')
    const id = await release()
    await expect.poll(() => after.changes).toEqual([id])
    expect(before.changes).toEqual([])
  })

  test('a client gets answers to its heartbeats', async () => {
    const client = anonymous({ heartbeatIntervalMs: 20 })
    const beats: string[] = []
    client.realtime.onHeartbeat((status) => beats.push(status))
    await subscribed(client.channel('registry'))
    await expect.poll(() => beats.filter((status) => status === 'ok').length).toBeGreaterThan(2)
    expect(beats).not.toContain('timeout')
  })

  test('a client broadcasts to its topic, also bytes, and gets its own broadcasts on request', async () => {
    const open = async (config: object, vsn?: string) => {
      const client = anonymous(vsn ? { vsn } : {})
      const channel = client.channel('room', { config: { broadcast: config } })
      const got: unknown[] = []
      channel.on('broadcast', { event: '*' }, ({ event, payload }) => got.push([event, payload]))
      await subscribed(channel)
      return { channel, got, client }
    }
    const [speaker, listener, old] = [
      await open({ self: true, ack: true }),
      await open({ ack: true }),
      await open({}, '1.0.0'),
    ]
    const bytes = new Uint8Array([0, 1, 255]).buffer
    const say = (event: string, payload: unknown) =>
      speaker.channel.send({ type: 'broadcast', event, payload })
    expect(await say('word', { n: 1 })).toBe('ok')
    expect(await say('bytes', bytes)).toBe('ok')
    expect(await listener.channel.send({ type: 'broadcast', event: 'own', payload: {} })).toBe('ok')
    expect(await anonymous().channel('room').httpSend('http', { n: 2 })).toEqual({ success: true })
    await expect
      .poll(() => listener.got)
      .toEqual([
        ['word', { n: 1 }],
        ['bytes', bytes],
        ['http', { n: 2 }],
      ])
    expect(speaker.got).toEqual([
      ['word', { n: 1 }],
      ['bytes', bytes],
      ['own', {}],
      ['http', { n: 2 }],
    ])
    expect(old.got).toEqual([
      ['word', { n: 1 }],
      ['own', {}],
      ['http', { n: 2 }],
    ])
    expect(await say('large', { text: 'x'.repeat(300_000) })).toBe('error')
  })

  test('a client may not broadcast on the registry’s topics, with any key and in any way', async () => {
    const listening = anonymous().channel('registry')
    const { broadcasts } = heard(listening)
    await subscribed(listening)
    for (const key of [keys.publishable, keys.secret]) {
      const channel = connectClient(server.url, key).channel('registry', {
        config: { broadcast: { ack: true } },
      })
      await expect(channel.httpSend('change', { id: 'forged' })).rejects.toThrow('Unauthorized')
      await subscribed(channel)
      expect(await channel.send({ type: 'broadcast', event: 'change', payload: { id: 'forged' } })).toBe(
        'error',
      )
    }
    const id = await release()
    await expect.poll(() => broadcasts).toEqual([id])
  })

  test('a client on a foreign page or another path is refused', async () => {
    const query = `?apikey=${keys.publishable}&vsn=2.0.0`
    const statusOf = (path: string, origin?: string) =>
      new Promise((resolve) => {
        const socket = new WebSocket(`${server.url.replace('http', 'ws')}${path}${query}`, { origin })
        socket.once('unexpected-response', (_request, { statusCode }) => resolve(statusCode))
        socket.once('open', () => {
          socket.terminate()
          resolve(101)
        })
        socket.on('error', () => {})
      })
    expect(await statusOf('/realtime/v1/websocket', 'http://localhost:3000')).toBe(101)
    expect(await statusOf('/realtime/v1/websocket', 'https://evil.example')).toBe(403)
    expect(await statusOf('/rest/v1/agent_registry')).toBe(404)
  })

  test('an offer of HTTP/2 is ignored, and the request is answered', async () => {
    const { hostname, port } = new URL(server.url)
    const headers = {
      connection: 'Upgrade, HTTP2-Settings',
      upgrade: 'h2c',
      'http2-settings': 'AAMAAABkAAQAoAAA',
    }
    const answer = await new Promise<string>((resolve, reject) => {
      httpRequest({ hostname, port, path: '/', headers }, async (response) => {
        const chunks = await response.toArray()
        resolve(`${response.statusCode} ${Buffer.concat(chunks)}`)
      })
        .once('error', reject)
        .end()
    })
    expect(answer).toMatch(/^200 {"name":"nofx dev"/)
  })

  test.each<[what: string, path: string, status: number, init?: RequestInit]>([
    ['no key', '/realtime/v1/api/broadcast', 401, { method: 'POST' }],
    ['no JSON', '/realtime/v1/api/broadcast', 422, { method: 'POST', body: '{' }],
    ['no topic', '/realtime/v1/api/broadcast', 422, { method: 'POST', body: '{"messages":[{"event":"a"}]}' }],
    [
      'a body that is too large',
      '/realtime/v1/api/broadcast',
      413,
      { method: 'POST', body: ' '.repeat(2_000_000) },
    ],
    ['a broken name', '/realtime/v1/api/broadcast/%ff/events/a', 422, { method: 'POST', body: '{}' }],
    [
      'a private topic',
      '/realtime/v1/api/broadcast/a/events/b?private=true',
      403,
      { method: 'POST', body: '{}' },
    ],
    ['the method GET', '/realtime/v1/api/broadcast', 405],
    ['no upgrade', '/realtime/v1/websocket', 404],
  ])('a broadcast over HTTP is refused with %s', async (what, path, status, init) => {
    const headers = new Headers(what === 'no key' ? [] : [['apikey', keys.publishable]])
    const response = await fetch(`${server.url}${path}`, { ...init, headers })
    expect(response.status).toBe(status)
    expect(await response.text()).not.toMatch(/\bat .+:\d+/)
  })
})

test('a server that closes disconnects its clients, and they reconnect to the next one', async () => {
  const { path: root, remove } = temporaryRoot()
  onTestFinished(remove)
  await placeEmbedded(root)
  const lines: string[] = []
  const first = await serveDev({ root, kinds: [agents], port: 0, log: (line) => lines.push(line) })
  const keys = JSON.parse(readFileSync(join(root, '.nofx/keys.json'), 'utf8')) as Keys
  const client = connectClient(first.url, keys.publishable, { reconnectAfterMs: () => 20 })
  const channel = client.channel('registry')
  const { changes } = heard(channel)
  await subscribed(channel)
  // A client that does not answer the close frame.
  const deaf = new WebSocket(`${first.url.replace('http', 'ws')}/realtime/v1/websocket?apikey=${keys.secret}`)
  await new Promise((open) => deaf.once('open', open))
  deaf.pause()
  await first.close()
  expect(lines.filter((line) => line.includes('/realtime/v1/websocket?apikey=…'))).toHaveLength(2)
  expect(lines.join('\n')).not.toContain(keys.publishable)
  const second = await serveDev({ root, kinds: [agents], port: first.port, log: () => {} })
  onTestFinished(second.close)
  await expect.poll(() => channel.state, { timeout: 20_000 }).toBe('joined')
  expect(resultOf(await publish(second.registry, [packAgent('later', 'You work.')])).outcomes).toHaveLength(1)
  await expect.poll(() => changes).toEqual(['later'])
  deaf.terminate()
})
