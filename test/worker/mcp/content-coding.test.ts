import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pinnedFetch } from '../../../src/worker/mcp/pinned-fetch.ts'

const TEXT = JSON.stringify({ jsonrpc: '2.0', id: 1, result: { text: 'ä'.repeat(5000) } })

describe('an MCP server that compresses its answers', () => {
  let url: string
  let answer: { coding: string; bytes: Buffer; open?: boolean }
  let asked: IncomingHttpHeaders
  const server = createServer((request, response) => {
    asked = request.headers
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': answer.coding })
    if (answer.open) response.write(answer.bytes)
    else response.end(answer.bytes)
  })
  const fetch = pinnedFetch({ lookup: async () => ['127.0.0.1'], loopback: true })
  beforeAll(async () => {
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`
  })
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })

  it.each([
    ['identity', Buffer.from(TEXT)],
    ['gzip', gzipSync(TEXT)],
    ['X-GZIP', gzipSync(TEXT)],
    ['deflate', deflateSync(TEXT)],
    ['br', brotliCompressSync(TEXT)],
    ['gzip, identity, br', brotliCompressSync(gzipSync(TEXT))],
  ])('a server is asked for identity coding, and its %s answer is decoded', async (coding, bytes) => {
    answer = { coding, bytes }
    const response = await fetch(url)
    expect(asked['accept-encoding']).toBe('identity')
    expect(await response.text()).toBe(TEXT)
    if (coding !== 'identity') expect(response.headers.get('content-encoding')).toBeNull()
  })

  it.each(['zstd', 'gzip, rot13'])(
    'an answer in the unsupported coding %s is refused with its name',
    async (coding) => {
      answer = { coding, bytes: Buffer.from('x') }
      await expect(fetch(url)).rejects.toMatchObject({
        code: 'REMOTE_FAILED',
        message: expect.stringContaining(coding.split(', ').at(-1) as string),
      })
    },
  )

  it('reading a damaged compressed body ends with an error', async () => {
    answer = { coding: 'gzip', bytes: Buffer.from('not gzip at all') }
    await expect(fetch(url).then((response) => response.text())).rejects.toThrow()
  })

  it('the first event of a compressed stream is passed on before the stream ends', async () => {
    const event = 'data: {}\n\n'
    // A gzip member without its trailer is the output of a server after one flush.
    answer = { coding: 'gzip', bytes: gzipSync(event).subarray(0, -8), open: true }
    const reader = (await fetch(url)).body?.getReader()
    const first = await reader?.read()
    expect(new TextDecoder().decode(first?.value)).toBe(event)
    await reader?.cancel()
  })
})
