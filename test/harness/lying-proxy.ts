import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

/** A JSON answer of the server behind the proxy. */
export interface Answered {
  /** The call, such as `GET /rest/v1/registry_heads`, and its number among equal calls since the last `begin`. */
  call: string
  nth: number
  body: unknown
}

/** A server on loopback that passes on another server's answers, except those that it replaces. */
export interface LyingProxy {
  url: string
  /** Forgets earlier answers, and from now on replaces each answer by the value that `lie` returns. */
  begin(lie?: (answered: Answered) => unknown): void
  /** The JSON answers since then, as the server gave them. */
  answers: Answered[]
  close(): Promise<void>
}

const HOP = ['host', 'connection', 'content-length', 'content-encoding', 'transfer-encoding', 'keep-alive']

export async function lyingProxy(upstream: string): Promise<LyingProxy> {
  let tell = ({ body }: Answered): unknown => body
  const pass = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const sent = await buffer(incoming)
    const { method = 'GET', url = '/' } = incoming
    const headers = new Headers(incoming.headers as Record<string, string>)
    for (const name of HOP) headers.delete(name)
    const body = method === 'GET' || method === 'HEAD' ? undefined : new Uint8Array(sent)
    const answer = await fetch(`${upstream}${url}`, { method, headers, body })
    const bytes = Buffer.from(await answer.arrayBuffer())
    const kept = Object.fromEntries(answer.headers)
    for (const name of HOP) delete kept[name]
    const isJson = kept['content-type']?.includes('json') && bytes.length > 0 && method !== 'HEAD'
    outgoing.writeHead(answer.status, kept)
    outgoing.end(isJson ? lied(`${method} ${url.replace(/\?.*/, '')}`, JSON.parse(String(bytes))) : bytes)
  }
  const lied = (call: string, body: unknown): string => {
    const nth = proxy.answers.filter((one) => one.call === call).length
    const answered = { call, nth, body }
    proxy.answers.push(answered)
    return JSON.stringify(tell(answered)) ?? ''
  }
  const server = createServer((incoming, outgoing) => {
    pass(incoming, outgoing).catch(() => incoming.socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const proxy: LyingProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answers: [],
    begin(lie = ({ body }) => body) {
      tell = lie
      proxy.answers = []
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return proxy
}
