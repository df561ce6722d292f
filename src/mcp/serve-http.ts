import {
  type AuthInfo,
  createMcpHandler,
  InMemoryServerEventBus,
  type McpHttpHandler,
  originValidationResponse,
  readRequestBody,
  type ServerEventBus,
} from '@modelcontextprotocol/server'
import { MAX_BODY } from '../contract/source.ts'
import { buildServer } from './build-server.ts'
import { followChanges, type NewsSource } from './follow-changes.ts'
import { createRegistryClient, type McpKind } from './registry/registry-client.ts'
import { readyTools } from './tools/all-tools.ts'

type SendToApi = (request: Request) => Promise<Response>

/** Who sends a request, as the API has proven it. */
export interface McpCaller {
  publisher: boolean
  /** Whether the request has credentials. */
  signedIn: boolean
  /** Sends a request with this caller's credentials to the whole API, which does not verify them again. */
  dispatch: SendToApi
}

export interface McpHttpOptions {
  kinds: readonly McpKind[]
  /** Sends a request to the whole API. */
  dispatch: SendToApi
  wakeups: NewsSource
  /** Host names of pages that may call, beside the server's own. */
  origins: readonly string[]
  /** The headers of an answer that refuses for the lack of a right. */
  challenge: (status: 401 | 403, url: URL) => Record<string, string>
  /** Builds the server of a request; that of the registry unless given. */
  build?: typeof buildServer
}

/** The registry as an MCP server for POST requests. */
export interface McpHttp {
  /** @param takeStream called for a request that opens a stream for long; the stream ends with its signal */
  fetch(request: Request, caller: McpCaller, takeStream: () => AbortSignal): Promise<Response>
}

/** Headers that the API has to see of a caller: credentials, and where the request comes from. */
const PASSED_ON = ['authorization', 'apikey', 'x-forwarded-for', 'x-real-ip', 'x-request-id']
/** A host that no request leaves for. */
const INSIDE = 'http://registry.localhost'
const LOOPBACK = ['localhost', '127.0.0.1', '[::1]']

/** Makes the server. Every request gets an instance of its own: there are no sessions. */
export function createMcpHttp(options: McpHttpOptions): McpHttp {
  const { origins, challenge } = options
  const tools = readyTools(options.kinds)
  const publishersOnly = new Set(
    [...tools.values()].flatMap(({ tool }) => (tool.access === 'public' ? [] : [tool.name])),
  )
  const handler = createHandler(options, tools)
  return {
    async fetch(request, caller, takeStream) {
      const { publisher, signedIn } = caller
      const url = new URL(request.url)
      const foreign = originValidationResponse(request, ownNames(url, origins))
      if (foreign) return foreign
      const body = await readRequestBody(request, MAX_BODY)
      if (body.tooLarge) return refusal(413, `the body is larger than ${MAX_BODY} bytes`)
      const messages = readMessages(body.text)
      if (!publisher && messages.some((message) => callsAny(publishersOnly, message))) {
        const status = signedIn ? 403 : 401
        return refusal(status, 'this tool needs the credentials of a publisher', challenge(status, url))
      }
      const opensStream = messages.some(({ method }) => method === 'subscriptions/listen')
      const signal = opensStream ? takeStream() : request.signal
      const { method, headers } = request
      const unread = new Request(request.url, { method, headers, body: body.text, signal })
      // A stream outlives what was proven at its beginning.
      return handler.fetch(
        unread,
        publisher ? { authInfo: asPublisher(opensStream ? undefined : caller) } : {},
      )
    },
  }
}

function createHandler(
  { kinds, dispatch, wakeups, build = buildServer }: McpHttpOptions,
  tools: ReturnType<typeof readyTools>,
): McpHttpHandler {
  const anonymous = createRegistryClient(dispatch, INSIDE, {})
  return createMcpHandler(
    ({ era, authInfo, requestInfo }) => {
      const publisher = authInfo !== undefined
      // The earlier revisions hear of changes in a session, which this server does not keep.
      const { origin } = new URL(requestInfo?.url ?? INSIDE)
      const send = (authInfo?.extra?.dispatch as SendToApi | undefined) ?? dispatch
      const client = createRegistryClient(send, origin, passOn(requestInfo?.headers))
      const rights = { publisher, writes: publisher }
      return build({ client, kinds, tools, ...rights, era, changes: era === 'modern' })
    },
    {
      // Everyone hears of the same changes: those that are public.
      bus: sharedBus((tell) => followChanges(anonymous, wakeups, tell)),
      maxRequestBodySize: MAX_BODY,
    },
  )
}

/** Says that the API has proven a publisher, and how to send requests with that proof. */
function asPublisher(caller: McpCaller | undefined): AuthInfo {
  return { token: '', clientId: 'publisher', scopes: [], extra: { dispatch: caller?.dispatch } }
}

/** A bus that follows the feed while it has listeners. */
function sharedBus(follow: (tell: ServerEventBus['publish']) => () => void): ServerEventBus {
  const bus = new InMemoryServerEventBus()
  let stop: (() => void) | undefined
  return {
    publish: (event) => bus.publish(event),
    subscribe(listener) {
      const leave = bus.subscribe(listener)
      stop ??= follow((event) => bus.publish(event))
      return () => {
        leave()
        if (bus.listenerCount > 0) return
        stop?.()
        stop = undefined
      }
    },
  }
}

interface Message {
  method?: unknown
  params?: unknown
}

/** The messages of a body, to see what they ask for; whether they are valid is the SDK's to say. */
function readMessages(text: string): Message[] {
  try {
    const parsed: unknown = JSON.parse(text)
    return [parsed].flat().filter((one): one is Message => typeof one === 'object' && one !== null)
  } catch {
    return []
  }
}

function callsAny(names: ReadonlySet<string>, { method, params }: Message): boolean {
  const { name } = (params ?? {}) as { name?: unknown }
  return method === 'tools/call' && typeof name === 'string' && names.has(name)
}

function passOn(headers: Headers | undefined): Record<string, string> {
  return Object.fromEntries(
    PASSED_ON.flatMap((name) => {
      const value = headers?.get(name)
      return value ? [[name, value]] : []
    }),
  )
}

/** The names whose pages may call: this server's, and on a developer's machine every page of that machine. */
function ownNames({ hostname }: URL, origins: readonly string[]): string[] {
  const local = LOOPBACK.includes(hostname) ? LOOPBACK : []
  return [hostname, ...local, ...origins]
}

function refusal(status: number, message: string, headers: Record<string, string> = {}): Response {
  return Response.json({ jsonrpc: '2.0', error: { code: -32_000, message }, id: null }, { status, headers })
}
