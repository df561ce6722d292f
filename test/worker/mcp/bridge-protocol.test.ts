import type { IncomingMessage, ServerResponse } from 'node:http'
import { SUPPORTED_PROTOCOL_VERSIONS } from '@modelcontextprotocol/client'
import { expect, test } from 'vitest'
import {
  begun,
  connect,
  INITIALIZE,
  JSON_TYPE,
  read,
  STREAM,
  startBridge,
  well,
} from './support/bridged-server.ts'

/** Begins sessions and accepts notifications; `call` answers everything else. */
function server(call: (id: unknown, response: ServerResponse, request: IncomingMessage) => unknown) {
  return async (request: IncomingMessage, response: ServerResponse) => {
    const { id, method, params } = await read(request)
    if (method === 'initialize')
      return response
        .writeHead(200, { ...JSON_TYPE, 'mcp-session-id': 'a' })
        .end(begun(id, params.protocolVersion))
    if (request.method === 'POST' && id === undefined) return response.writeHead(202).end()
    return call(id, response, request)
  }
}

test.each(SUPPORTED_PROTOCOL_VERSIONS)(
  'the bridge passes on revision %s, and names it over HTTP',
  async (v) => {
    const named = new Set<unknown>()
    const listener = server((id, response, request) => {
      if (request.method !== 'POST') return response.writeHead(405).end()
      named.add(request.headers['mcp-protocol-version'])
      return response.writeHead(200, JSON_TYPE).end(well(id))
    })
    const client = await connect(listener, {}, { supportedProtocolVersions: [v] })
    await client.callTool({ name: 'echo' })
    expect(client.getNegotiatedProtocolVersion()).toBe(v)
    expect([...named]).toEqual([v])
  },
)

test('the bridge names the revision that the server has chosen, to a client that speaks all of them', async () => {
  const named = new Set<unknown>()
  const asked: string[] = []
  const client = await connect(
    async (request, response) => {
      const { id, method } = await read(request)
      if (method !== undefined) asked.push(method)
      if (request.method !== 'POST') return response.writeHead(405).end()
      if (method === 'initialize') return response.writeHead(200, JSON_TYPE).end(begun(id, '2025-03-26'))
      named.add(request.headers['mcp-protocol-version'])
      if (id === undefined) return response.writeHead(202).end()
      return response.writeHead(200, JSON_TYPE).end(well(id))
    },
    {},
    { versionNegotiation: { mode: 'auto' } },
  )
  await client.callTool({ name: 'echo' })
  expect(client.getNegotiatedProtocolVersion()).toBe('2025-03-26')
  expect([...named]).toEqual(['2025-03-26'])
  // The bridge answers `server/discover` of revision 2026-07-28 itself.
  expect(asked).toEqual(['initialize', 'notifications/initialized', 'tools/call'])
})

test.each([
  ['answers on the resumed stream', 'passes the answer on'],
  ['resumes no stream', 'answers with an error at once'],
])('when a server numbers its events, ends the stream and %s, the bridge %s', async (way) => {
  let asked: unknown
  const client = await connect(
    server((id, response, request) => {
      if (request.method === 'POST') {
        asked = id
        return response.writeHead(200, STREAM).end('id: 1\nretry: 10\ndata:\n\n')
      }
      if (way === 'resumes no stream' || request.headers['last-event-id'] !== '1')
        return response.writeHead(405).end()
      return response.writeHead(200, STREAM).end(`id: 2\ndata: ${well(asked)}\n\n`)
    }),
  )
  const call = client.callTool({ name: 'echo' })
  if (way === 'resumes no stream') await expect(call).rejects.toMatchObject({ code: -32000 })
  else expect(await call).toMatchObject({ content: [] })
})

test('a call on a stream of a session that is gone is answered with an error, and the next call is answered', async () => {
  const sessions: string[] = []
  let live = ''
  const client = await connect(async (request, response) => {
    const { id, method, params } = await read(request)
    if (request.method !== 'POST') return response.writeHead(405).end()
    if (method === 'initialize') {
      live = `session-${sessions.push(live)}`
      return response
        .writeHead(200, { ...JSON_TYPE, 'mcp-session-id': live })
        .end(begun(id, params.protocolVersion))
    }
    if (request.headers['mcp-session-id'] !== live) return response.writeHead(404).end()
    if (id === undefined) return response.writeHead(202).end()
    if (params.name !== 'hangs') return response.writeHead(200, JSON_TYPE).end(well(id))
    response.writeHead(200, STREAM).write(`id: 1\ndata:\n\n`)
    const report = { progressToken: params._meta.progressToken, progress: 1 }
    const notification = { jsonrpc: '2.0', method: 'notifications/progress', params: report }
    return response.write(`data: ${JSON.stringify(notification)}\n\n`)
  })
  let hanging: Promise<unknown> = Promise.resolve()
  await new Promise<void>((done) => {
    hanging = client.callTool({ name: 'hangs' }, { onprogress: () => done() })
  })
  live = 'forgotten'
  const [lost, next] = await Promise.allSettled([hanging, client.callTool({ name: 'works' })])
  expect(lost).toMatchObject({ status: 'rejected', reason: { code: -32000 } })
  expect(next).toMatchObject({ status: 'fulfilled' })
  expect(sessions).toHaveLength(2)
})

test.each(['the end of its input', 'SIGTERM'])(
  'at %s the bridge answers open calls with an error',
  async (how) => {
    let reached = () => {}
    const open = new Promise<void>((done) => {
      reached = done
    })
    const { bridge, send, next, exited } = await startBridge(
      server((_id, response, request) => {
        if (request.method === 'POST') reached()
        else response.writeHead(405).end()
      }),
    )
    send(INITIALIZE)
    expect(await next()).toMatchObject({ id: 0 })
    send({ id: 1, method: 'tools/call', params: { name: 'hangs' } })
    await open
    if (how === 'SIGTERM') bridge.kill('SIGTERM')
    else bridge.stdin.end()
    expect(await next()).toMatchObject({ id: 1, error: { code: -32000 } })
    expect(await next()).toBeUndefined()
    expect(await exited).toBe(0)
  },
)

test('the bridge waits for no body that it does not need, and ends', async () => {
  const { bridge, send, next, exited } = await startBridge(async (request, response) => {
    const { id, method, params } = await read(request)
    if (method === 'initialize')
      return response
        .writeHead(200, { ...JSON_TYPE, 'mcp-session-id': 'a' })
        .end(begun(id, params.protocolVersion))
    // None of these bodies ends.
    if (request.method !== 'POST') return response.writeHead(405, STREAM).write(': more\n\n')
    if (id === undefined || params.name === 'accepted') return response.writeHead(202).write('more')
    return response.writeHead(307, { location: '/elsewhere' }).write('more')
  })
  send(INITIALIZE, { method: 'notifications/initialized' })
  expect(await next()).toMatchObject({ id: 0 })
  send({ id: 1, method: 'tools/call', params: { name: 'accepted' } })
  expect(await next()).toMatchObject({ id: 1, error: { code: -32000 } })
  send({ id: 2, method: 'tools/call', params: { name: 'redirected' } })
  expect(await next()).toMatchObject({ id: 2, error: { code: -32000 } })
  bridge.stdin.end()
  expect(await exited).toBe(0)
})
