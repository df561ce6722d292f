import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'

/** An answer of the server behind the proxy, on its way to the caller. */
interface Passing {
  status: number
  type: string
  body: Buffer
  socket: Socket
  outgoing: ServerResponse
}

/** Ways to lose the answer of a call that had its effect. */
export const LOST = {
  'closed before the status': ({ socket }) => socket.end(),
  'reset before the status': ({ socket }) => socket.resetAndDestroy(),
  'cut in the status line': ({ socket }) => socket.end('HTTP/1.1 20'),
  'cut in the headers': ({ socket, type }) => socket.end(`HTTP/1.1 200 OK\r\ncontent-type: ${type}\r\nconte`),
  'cut before the body': (passing) => passing.socket.end(`${headOf(passing)}\r\n`),
  'cut in the body': (passing) => passing.socket.end(`${headOf(passing)}\r\n${half(passing)}`),
  'reset in the body': (passing) =>
    passing.socket.write(`${headOf(passing)}\r\n${half(passing)}`, () => passing.socket.resetAndDestroy()),
  'cut in a chunked body': ({ socket, type, body }) =>
    socket.end(
      `HTTP/1.1 200 OK\r\ncontent-type: ${type}\r\ntransfer-encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${half({ body })}`,
    ),
  'cut in a body without a length': ({ socket, type, body }) =>
    socket.end(`HTTP/1.1 200 OK\r\ncontent-type: ${type}\r\nconnection: close\r\n\r\n${half({ body })}`),
  'an empty 200': ({ outgoing }) => outgoing.writeHead(200).end(),
  'an empty 204': ({ outgoing }) => outgoing.writeHead(204).end(),
  'a page with 200': ({ outgoing }) => outgoing.writeHead(200, { 'content-type': 'text/html' }).end('<p>Hi'),
  'other JSON with 200': ({ outgoing }) =>
    outgoing.writeHead(200, { 'content-type': 'application/json' }).end('{"ok":true}'),
  'null with 200': ({ outgoing }) =>
    outgoing.writeHead(200, { 'content-type': 'application/json' }).end('null'),
  'a page with 502': ({ outgoing }) => outgoing.writeHead(502).end('<p>Bad Gateway'),
  'an empty 504': ({ outgoing }) => outgoing.writeHead(504).end(),
  'a refusal of a server that lost its database': ({ outgoing }) =>
    outgoing
      .writeHead(500, { 'content-type': 'application/json' })
      .end('{"ok":false,"error":{"code":"REMOTE_FAILED","message":"lost","hint":"again"}}'),
} satisfies Record<string, (passing: Passing) => unknown>

export type Lost = keyof typeof LOST

const half = ({ body }: Pick<Passing, 'body'>) => body.subarray(0, body.length >> 1).toString('latin1')
const headOf = ({ type, body }: Passing) =>
  `HTTP/1.1 200 OK\r\ncontent-type: ${type}\r\ncontent-length: ${body.length}\r\n`

/** A proxy that loses answers after the server has given them. */
export interface LosingProxy {
  url: string
  /** Called for every call with its body: how to lose its answer; undefined to pass it on. */
  lose: (path: string, body: string) => Lost | undefined
  close(): Promise<void>
}

export async function proxyTo(upstream: string): Promise<LosingProxy> {
  const pass = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const sent = await buffer(incoming)
    const { method = 'GET', url = '/' } = incoming
    const headers = new Headers(incoming.headers as Record<string, string>)
    for (const name of ['host', 'connection', 'content-length', 'transfer-encoding']) headers.delete(name)
    const body = method === 'GET' || method === 'HEAD' ? undefined : new Uint8Array(sent)
    const answer = await fetch(`${upstream}${url}`, { method, headers, body })
    const bytes = Buffer.from(await answer.arrayBuffer())
    const type = answer.headers.get('content-type') ?? 'application/octet-stream'
    const lost = proxy.lose(url, sent.toString())
    if (lost)
      return LOST[lost]({ status: answer.status, type, body: bytes, socket: incoming.socket, outgoing })
    const kept = Object.fromEntries(answer.headers)
    for (const name of ['content-length', 'content-encoding', 'transfer-encoding', 'connection'])
      delete kept[name]
    return outgoing.writeHead(answer.status, kept).end(method === 'HEAD' ? undefined : bytes)
  }
  const server = createServer((incoming, outgoing) => {
    pass(incoming, outgoing).catch(() => incoming.socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const proxy: LosingProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    lose: () => undefined,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return proxy
}
