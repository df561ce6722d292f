import { createServer, type IncomingMessage, type Server, ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { getRequestListener, type HttpBindings } from '@hono/node-server'
import { quietly } from '../cloud/embedded/quiet.ts'
import { withoutKeys } from '../cloud/registry/without-keys.ts'
import { Failure } from '../contract/failure.ts'
import { failed, json } from './answers.ts'
import { requestLine } from './request-line.ts'

/** Requests under way get this long when the server closes; then their connections are cut. */
const GRACE_MS = 10_000
/** Longer than the idle time of common clients and proxies, so that the client ends an idle connection first. */
const KEEP_ALIVE_MS = 65_000

export interface ListenOptions {
  host: string
  /** 0 takes a free one. */
  port: number
  fetch: (request: Request) => Promise<Response>
  upgrades?: Upgrades
  /** One line a request, once it is over. */
  log: (line: string) => void
}

/** What takes connections over that ask for WebSockets. */
export interface Upgrades {
  /** Takes one over, or answers and ends it; returns the status of the answer. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<number>
  /** Ends all that were taken over. */
  close(): Promise<void>
}

export interface Listening {
  /** Where this machine reaches it. */
  url: string
  port: number
  /** Accepts nothing new, and ends when what is under way is answered. */
  close(): Promise<void>
}

/**
 * Serves a web-standard handler over HTTP/1.1.
 * @throws Failure CONFIG for a port or host that cannot be had
 */
export async function listen({ host, port, fetch, upgrades, log }: ListenOptions): Promise<Listening> {
  const open = new Set<ServerResponse>()
  const answer = getRequestListener(
    (request, bindings) => answered(request, bindings as HttpBindings, fetch, log),
    { overrideGlobalObjects: false, hostname: host, errorHandler: notUnderstood },
  )
  const server = createServer((incoming, outgoing) => {
    open.add(outgoing)
    outgoing.once('close', () => open.delete(outgoing))
    logWhenOver(incoming, outgoing, log)
    // The adapter prints what goes wrong on a connection, with its stack.
    void quietly(() => answer(incoming, outgoing))
  })
  server.keepAliveTimeout = KEEP_ALIVE_MS
  server.headersTimeout = KEEP_ALIVE_MS + 1000
  if (upgrades) server.on('upgrade', upgrading(server, upgrades, log))
  await bind(server, host, port)
  const bound = (server.address() as AddressInfo).port
  return { url: urlOf(host, bound), port: bound, close: () => close(server, open, upgrades) }
}

/** The adapter's request is a stand-in that only the adapter's own `Request` takes, so the handler gets a real one. */
async function answered(
  { url, method, headers, body }: Request,
  { incoming, outgoing }: HttpBindings,
  fetch: ListenOptions['fetch'],
  log: ListenOptions['log'],
): Promise<Response> {
  // Methods that the standard keeps from every Request.
  if (/^(?:TRACE|TRACK|CONNECT)$/i.test(method)) return notAllowed(method)
  const signal = untilGone(outgoing)
  try {
    return await fetch(new Request(url, { method, headers, body, signal, duplex: 'half' } as RequestInit))
  } catch (error) {
    // A client that goes away while it sends is no failure of ours, and reads no answer.
    if (incoming.destroyed) return json({ code: 'GONE', message: 'the request did not arrive' }, 400)
    if (!(error instanceof Failure)) log(`error BUG ${withoutKeys(textOf(error as Error))}`)
    return failed(error)
  } finally {
    // The adapter cuts the connection of a body that is not read to its end, so the answer must announce the close.
    if (!incoming.complete) outgoing.shouldKeepAlive = false
  }
}

/** A stack is for those who ask for it, as everywhere. */
function textOf({ message, stack = message }: Error): string {
  return process.env.DEBUG === 'nofx' ? stack : message
}

/** Aborted when the client goes away before it has the whole answer: nobody cancels a body that is not begun. */
function untilGone(outgoing: HttpBindings['outgoing']): AbortSignal {
  const gone = new AbortController()
  outgoing.once('close', () => {
    if (!outgoing.writableFinished) gone.abort()
  })
  return gone.signal
}

function notAllowed(method: string): Response {
  return json({ code: 'METHOD_NOT_ALLOWED', message: `${method} is not served here` }, 405, {
    allow: 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS',
  })
}

function notUnderstood(): Response {
  return json({ code: 'BAD_REQUEST', message: 'the request cannot be understood' }, 400)
}

function logWhenOver(
  { method = '', url = '', socket }: IncomingMessage,
  outgoing: ServerResponse,
  log: (line: string) => void,
) {
  const started = performance.now()
  const before = sent(socket)
  outgoing.once('close', () => {
    const status = outgoing.writableFinished ? outgoing.statusCode : undefined
    const ms = performance.now() - started
    log(requestLine({ method, target: url, status, ms, bytes: sent(socket) - before }))
  })
}

const sent = (socket: Socket) => socket.bytesWritten

/** A line for each, once it is answered: what follows may go on for days. */
function upgrading(server: Server, { accept }: Upgrades, log: ListenOptions['log']) {
  return (incoming: IncomingMessage, socket: Duplex, head: Buffer) => {
    const { method = '', url = '', headers } = incoming
    if (headers.upgrade?.toLowerCase() !== 'websocket') return answerAnyway(server, incoming, socket)
    const started = performance.now()
    socket.on('error', () => {})
    accept(incoming, socket, head).then(
      (status) =>
        log(requestLine({ method, target: url, status, ms: performance.now() - started, bytes: 0 })),
      () => socket.destroy(),
    )
  }
}

/** An offer of another protocol, such as HTTP/2, may be passed over: the request is answered as it is. */
function answerAnyway(server: Server, incoming: IncomingMessage, socket: Duplex): void {
  const outgoing = new ServerResponse(incoming)
  outgoing.shouldKeepAlive = false
  outgoing.assignSocket(socket as Socket)
  outgoing.once('finish', () => socket.end())
  server.emit('request', incoming, outgoing)
}

async function bind(server: Server, host: string, port: number): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, host, resolve)
    })
  } catch (cause) {
    const { code = '' } = cause as NodeJS.ErrnoException
    const portIs = code === 'EADDRINUSE' ? 'is in use' : code === 'EACCES' ? 'may not be used' : undefined
    if (portIs)
      throw new Failure(
        'CONFIG',
        `port ${port} ${portIs} (${host})`,
        'choose another with --port; 0 takes a free one',
        {
          cause,
        },
      )
    throw new Failure(
      'CONFIG',
      `"${host}" is not an address of this machine (${code})`,
      'choose another with --host',
      {
        cause,
      },
    )
  }
}

/** A server on all addresses is reached by this machine on loopback. */
function urlOf(host: string, port: number): string {
  const name = /^(0\.0\.0\.0|::)$/.test(host) ? '127.0.0.1' : host
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`
}

async function close(
  server: Server,
  open: ReadonlySet<ServerResponse>,
  upgrades: Upgrades | undefined,
): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve))
  const hungUp = upgrades?.close()
  for (const outgoing of open) {
    outgoing.shouldKeepAlive = false
    outgoing.once('close', () => setImmediate(() => server.closeIdleConnections()))
  }
  server.closeIdleConnections()
  const late = setTimeout(() => server.closeAllConnections(), GRACE_MS)
  await Promise.all([closed, hungUp])
  clearTimeout(late)
}
