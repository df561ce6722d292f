import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { Client } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const STREAM = { 'content-type': 'text/event-stream' }

/** Ways in which a server leaves a call unanswered, by the name of the tool. */
const WAYS: Record<string, (response: ServerResponse) => unknown> = {
  'ends the stream': (response) => response.writeHead(200, STREAM).end(': soon\n\n'),
  'cuts the stream': (response) => {
    response.writeHead(200, STREAM).write(': soon\n\n')
    setImmediate(() => response.destroy())
  },
  'ends the stream after a notification': (response) =>
    response
      .writeHead(200, STREAM)
      .end('data: {"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":1}}\n\n'),
  'answers another request': (response) =>
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end('{"jsonrpc":"2.0","id":"other","result":{}}'),
  'accepts without an answer': (response) => response.writeHead(202).end(),
  'answers with text': (response) => response.writeHead(200, { 'content-type': 'text/plain' }).end('hello'),
  'cuts the connection': (response) => response.destroy(),
}

describe('the bridge, in front of a server that leaves a call unanswered', () => {
  let client: Client
  let folder: string
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const part of request) text += part
    if (request.method !== 'POST') return response.writeHead(405).end()
    const { id, method, params } = JSON.parse(text)
    if (id === undefined) return response.writeHead(202).end()
    const way = method === 'tools/call' ? WAYS[params.name] : undefined
    if (way) return way(response)
    const { protocolVersion } = params
    const result =
      method === 'initialize'
        ? { protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 'x', version: '1' } }
        : { content: [{ type: 'text', text: 'well' }] }
    const answer = gzipSync(`data: ${JSON.stringify({ jsonrpc: '2.0', id, result })}\n\n`)
    return response.writeHead(200, { ...STREAM, 'content-encoding': 'gzip' }).end(answer)
  })
  beforeAll(async () => {
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    folder = mkdtempSync(join(tmpdir(), 'nofx-bridge-'))
    const url = `http://localhost:${(server.address() as AddressInfo).port}/mcp`
    const settings = { type: 'streamable-http', url, headers: {}, loopback: true }
    writeFileSync(join(folder, 'settings.json'), JSON.stringify(settings))
    client = new Client({ name: 'test', version: '1' })
    const args = [resolve('dist/mcp-bridge.js'), join(folder, 'settings.json')]
    await client.connect(new StdioClientTransport({ command: process.execPath, args, stderr: 'ignore' }))
  })
  afterAll(async () => {
    await client.close()
    server.closeAllConnections()
    server.close()
    rmSync(folder, { recursive: true })
  })

  it.each(Object.keys(WAYS))(
    'the bridge answers with an error at once when the server %s, and passes the next call',
    async (name) => {
      await expect(client.callTool({ name })).rejects.toMatchObject({ code: -32000 })
      expect(await client.callTool({ name: 'works' })).toMatchObject({ content: [{ text: 'well' }] })
    },
  )
})
