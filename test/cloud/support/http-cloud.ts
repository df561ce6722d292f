import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import type { Cloud } from '../../../src/cloud/embedded/open-cloud.ts'
import { removeWith } from '../../../src/edge/handlers/preview-storage.ts'
import { createSyncHandler } from '../../../src/edge/handlers/sync-handler.ts'
import { agents } from '../../../src/plugins/agents/kind.ts'
import { TusUploads } from './tus-uploads.ts'

/** A fault in place of an answer: a broken connection before or after the work, silence, a status. */
export type Fault = 'drop' | 'drop-after' | 'silence' | number

/** A call as it came over the wire. */
export interface WireCall {
  method: string
  path: string
  headers: IncomingMessage['headers']
  size: number
  /** The bytes of the answer; 0 until it is sent. */
  answered: number
  /** 1 for a call that waited for no other call, 2 for one that waited for the answer of such a call, and so on. */
  round: number
}

/** An embedded cloud behind a real HTTP server on loopback, with the paths of a hosted Supabase project. */
export interface HttpCloud {
  url: string
  calls: WireCall[]
  /** Called for every request, with how often that method and path were called before. */
  fault: (call: WireCall, before: number) => Fault | undefined
  close(): Promise<void>
}

export async function serveCloud(cloud: Cloud): Promise<HttpCloud> {
  const tus = new TusUploads(cloud)
  const handle = createSyncHandler({
    kinds: [agents],
    rpc: async (name, args) => cloud.client.rpc(name, args),
    remove: removeWith(cloud.client),
  })
  const route = async (request: Request, body: Buffer): Promise<Response> => {
    const { pathname } = new URL(request.url)
    if (pathname.startsWith('/storage/v1/upload/resumable')) return tus.answer(request, body)
    const kind = /^\/functions\/v1\/registry_(\w+)_sync$/.exec(pathname)?.[1]
    if (!kind) return cloud.fetch(request)
    if (request.headers.get('apikey') !== cloud.keys.secret) return new Response('denied', { status: 401 })
    return handle(kind, request)
  }
  const server = createServer(async (incoming, outgoing) => {
    const body = await buffer(incoming)
    const call = toCall(incoming, body, 1 + lastRound(served.calls))
    const before = countSame(served.calls, call)
    served.calls.push(call)
    const fault = served.fault(call, before)
    if (fault === 'drop') return incoming.socket.destroy()
    if (fault === 'silence') return
    if (typeof fault === 'number') return outgoing.writeHead(fault).end('{"message":"a fault"}')
    const response = await route(toRequest(incoming, body), body)
    if (fault === 'drop-after') return incoming.socket.destroy()
    await send(response, outgoing, call)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const served: HttpCloud = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls: [],
    fault: () => undefined,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return served
}

// Files with thousands of calls ask both for every call, so neither makes lists.

/** The round of the latest answer; 0 before the first. */
function lastRound(calls: readonly WireCall[]): number {
  let last = 0
  for (const { answered, round } of calls) if (answered > 0 && round > last) last = round
  return last
}

/** How many calls had the method and the path of this one. */
function countSame(calls: readonly WireCall[], { method, path }: WireCall): number {
  let count = 0
  for (const one of calls) if (one.method === method && one.path === path) count++
  return count
}

function toCall({ method = '', url = '', headers }: IncomingMessage, body: Buffer, round: number): WireCall {
  return { method, path: url.replace(/\?.*/, ''), headers, size: body.length, answered: 0, round }
}

function toRequest(incoming: IncomingMessage, body: Buffer): Request {
  const { method = 'GET', url = '/', headers } = incoming
  const hasBody = method !== 'GET' && method !== 'HEAD'
  return new Request(`http://${headers.host}${url}`, {
    method,
    headers: headers as Record<string, string>,
    ...(hasBody ? { body: new Uint8Array(body) } : {}),
  })
}

async function send(response: Response, outgoing: ServerResponse, call: WireCall): Promise<void> {
  const bytes = Buffer.from(await response.arrayBuffer())
  // An answer without a body is one as well.
  call.answered = Math.max(1, bytes.length)
  outgoing.writeHead(response.status, Object.fromEntries(response.headers)).end(bytes)
}
