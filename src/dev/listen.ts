import { createServer, type IncomingMessage, type Server, ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { getRequestListener, type HttpBindings } from '@hono/node-server'
import { quietly } from '../cloud/embedded/quiet.ts'
import { Failure } from '../contract/failure.ts'
import { withoutKeys } from '../contract/text/without-keys.ts'
import { failed, json } from './answers.ts'
import { type Answered, REQUEST_LINES, type RequestForm } from './request-line.ts'

/** How long requests under way may take when the server closes, milliseconds; then their connections are cut. */
const GRACE_MS = 10_000
/**
 * Longer than the idle time of common clients and proxies, so
 * that the client ends an idle connection first, milliseconds.
 */
const KEEP_ALIVE_MS = 65_000

export interface ListenOptions {
  host: string
  /** 0 takes a free port. */
  port: number
  fetch: (request: Request) => Promise<Response>
  upgrades?: Upgrades
  /** Receives one line for each request, when it has ended. */
  log: (line: string) => void
  /** The form of these lines; text by default. */
  form?: RequestForm
}

/** Takes over the connections of WebSocket requests. */
export interface Upgrades {
  /** Takes a connection over, or answers and ends it; returns the status of the answer. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<number>
  /** Ends all connections that were taken over. */
  close(): Promise<void>
}

export interface ListeningServer {
  /** The server's URL on this machine. */
  url: string
  port: number
  /** Accepts nothing new, and resolves when requests under way are answered. */
  close(): Promise<void>
}

/**
 * Serves a web-standard handler over HTTP/1.1.
 * @throws Failure CONFIG for a port or host that cannot be used
 */
export async function listen(options: ListenOptions): Promise<ListeningServer> {
  const { host, port, fetch, upgrades, log, form = 'text' } = options
  const note = (answered: Answered): void => log(REQUEST_LINES[form](answered))
  const open = new Set<ServerResponse>()
  const answer = getRequestListener(
    (request, bindings) => answered(request, bindings as HttpBindings, fetch, log),
    { overrideGlobalObjects: false, hostname: host, errorHandler: notUnderstood },
  )
  const server = createServer((incoming, outgoing) => {
    open.add(outgoing)
    outgoing.once('close', () => open.delete(outgoing))
    logWhenOver(incoming, outgoing, note)
    // The adapter prints errors of a connection with their stacks.
    void quietly(() => answer(incoming, outgoing))
  })
  server.keepAliveTimeout = KEEP_ALIVE_MS
  server.headersTimeout = KEEP_ALIVE_MS + 1000
  if (upgrades) server.on('upgrade', upgrading(server, upgrades, note))
  await bind(server, host, port)
  const bound = (server.address() as AddressInfo).port
  return { url: buildUrl(host, bound), port: bound, close: () => close(server, open, upgrades) }
}

/** The adapter's request is accepted only by the adapter's own `Request`, so the handler gets a standard one. */
async function answered(
  { url, method, headers, body }: Request,
  { incoming, outgoing }: HttpBindings,
  fetch: ListenOptions['fetch'],
  log: ListenOptions['log'],
): Promise<Response> {
  // Methods that the standard does not allow in a `Request`.
  if (/^(?:TRACE|TRACK|CONNECT)$/i.test(method)) return notAllowed(method)
  const signal = untilGone(outgoing)
  try {
    return await fetch(new Request(url, { method, headers, body, signal, duplex: 'half' } as RequestInit))
  } catch (error) {
    // A client that disconnects while it sends is not an error of the server, and reads no answer.
    if (incoming.destroyed) return json({ code: 'GONE', message: 'the request did not arrive' }, 400)
    if (!(error instanceof Failure)) log(`error BUG ${withoutKeys(renderError(error as Error))}`)
    return failed(error)
  } finally {
    // The adapter cuts the connection of a body that is not read to its end, so the answer must announce the close.
    if (!incoming.complete) outgoing.shouldKeepAlive = false
  }
}

/** The stack is shown only with `DEBUG=nofx`. */
function renderError({ message, stack = message }: Error): string {
  return process.env.DEBUG === 'nofx' ? stack : message
}

/**
 * Aborted when the client disconnects before the whole answer was
 * sent: the adapter does not cancel a body that it has not begun.
 */
function untilGone(outgoing: HttpBindings['outgoing']): AbortSignal {
  const abortController = new AbortController()
  outgoing.once('close', () => {
    if (!outgoing.writableFinished) abortController.abort()
  })
  return abortController.signal
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
  note: (answered: Answered) => void,
) {
  const started = performance.now()
  const before = bytesSent(socket)
  outgoing.once('close', () => {
    const status = outgoing.writableFinished ? outgoing.statusCode : undefined
    const ms = performance.now() - started
    note({ method, target: url, status, ms, bytes: bytesSent(socket) - before })
  })
}

const bytesSent = (socket: Socket) => socket.bytesWritten

/** Logs one line for each upgrade when it is answered: the connection may stay open for days. */
function upgrading(server: Server, { accept }: Upgrades, note: (answered: Answered) => void) {
  return (incoming: IncomingMessage, socket: Duplex, head: Buffer) => {
    const { method = '', url = '', headers } = incoming
    if (headers.upgrade?.toLowerCase() !== 'websocket') return answerAnyway(server, incoming, socket)
    const started = performance.now()
    socket.on('error', () => {})
    accept(incoming, socket, head).then(
      (status) => note({ method, target: url, status, ms: performance.now() - started, bytes: 0 }),
      () => socket.destroy(),
    )
  }
}

/** A server may ignore an offer of another protocol, such as HTTP/2: the request is answered over HTTP/1.1. */
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

/** A server that listens on all addresses is reached from this machine through loopback. */
function buildUrl(host: string, port: number): string {
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
