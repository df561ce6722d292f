import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pinnedFetch } from '../../../src/worker/mcp/pinned-fetch.ts'

/** No resolver knows this name: a request that arrives used the address that the test gave. */
const HOST = 'mcp.localhost'

describe('a fetch that connects to checked addresses alone', () => {
  let server: Server
  let port: number
  const asked: string[] = []
  beforeAll(async () => {
    server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url} ${request.headers.host}`)
      if (request.url === '/elsewhere') response.writeHead(307, { location: 'http://10.0.0.7/' }).end()
      else if (request.url === '/odd') response.socket?.end('HTTP/1.1 700 Odd\r\ncontent-length: 0\r\n\r\n')
      else if (request.url === '/empty') response.writeHead(204).end()
      else request.pipe(response.writeHead(200, { 'x-echo': 'yes' }))
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    port = (server.address() as AddressInfo).port
  })
  afterAll(() => server.close())

  const own = () => pinnedFetch({ lookup: async () => ['127.0.0.1'], loopback: true })

  it('fetch connects to the checked address and sends the server its name', async () => {
    const answer = await own()(`http://${HOST}:${port}/a`, { method: 'POST', body: 'grüße' })
    expect([answer.status, answer.headers.get('x-echo'), await answer.text()]).toEqual([200, 'yes', 'grüße'])
    expect(asked.at(-1)).toBe(`POST /a ${HOST}:${port}`)
    expect((await own()(`http://${HOST}:${port}/empty`)).status).toBe(204)
  })

  it('fetch fails for an answer that Response cannot hold, and later requests work', async () => {
    await expect(own()(`http://${HOST}:${port}/odd`)).rejects.toThrow(RangeError)
    expect((await own()(`http://${HOST}:${port}/empty`)).status).toBe(204)
  })

  it('fetch resolves the name again for every request, and refuses it when it has changed to a private address', async () => {
    const answers = [['127.0.0.1'], ['10.0.0.7'], ['127.0.0.1', '10.0.0.7']]
    const fetch = pinnedFetch({ lookup: async () => answers.shift() ?? [], loopback: true })
    const url = `http://${HOST}:${port}/rebound`
    expect((await fetch(url, { method: 'POST' })).status).toBe(200)
    for (const _ of answers.slice()) await expect(fetch(url)).rejects.toMatchObject({ code: 'REFUSED' })
    expect(asked.filter((line) => line.includes('/rebound'))).toHaveLength(1)
  })

  it('fetch reaches this machine only when allowed, and other machines never over plain http', async () => {
    const before = asked.length
    const strict = pinnedFetch({ lookup: async () => ['127.0.0.1'] })
    await expect(strict(`http://${HOST}:${port}/`)).rejects.toMatchObject({ code: 'REFUSED' })
    await expect(strict(`http://127.0.0.1:${port}/`)).rejects.toMatchObject({ code: 'REFUSED' })
    const open = pinnedFetch({ lookup: async () => ['93.184.216.34'], loopback: true })
    await expect(open('http://mcp.example.com/')).rejects.toMatchObject({ code: 'REFUSED' })
    expect(asked).toHaveLength(before)
  })

  it('fetch returns a redirect when the caller asks for it, and refuses it otherwise', async () => {
    const url = `http://${HOST}:${port}/elsewhere`
    const answer = await own()(url, { redirect: 'manual' })
    expect([answer.status, answer.headers.get('location')]).toEqual([307, 'http://10.0.0.7/'])
    await expect(own()(url)).rejects.toMatchObject({ code: 'REFUSED' })
  })
})
