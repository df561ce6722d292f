import type { McpHttp } from '../../../mcp/serve-http.ts'
import { identifyCaller } from '../../http/caller.ts'
import { proofOf } from '../../http/caller-proof.ts'
import { MCP_PATH } from '../../http/cross-origin.ts'
import { refuse } from '../../http/problem.ts'
import type { ApiPorts } from '../../ports.ts'
import { defineRoute, type RouteCall } from '../../route.ts'
import { mcpChallenge } from './show-mcp-resource.ts'

/** One server for each API: its streams share one look at the feed. */
const servers = new WeakMap<ApiPorts['bus'], Promise<McpHttp>>()

/** `POST /api/mcp`: the registry as an MCP server, over Streamable HTTP. Loads its SDK with the first request. */
export const callMcp = defineRoute({
  method: 'POST',
  path: MCP_PATH,
  name: 'callMcp',
  summary: 'Call the registry as an MCP server (Streamable HTTP, without sessions).',
  access: 'public',
  previews: false,
  responses: {
    200: {
      description:
        'The answer to a JSON-RPC message, as JSON or as a stream. Each call of a tool counts as the requests that it makes.',
      type: 'text/event-stream',
    },
    202: { description: 'A notification was accepted.' },
    406: { description: 'The client accepts neither JSON nor a stream.' },
  },
  refusalHeaders: ({ status }, url) => mcpChallenge(status, url),
  handle: async (call) => {
    const { request, principal, headers } = call
    const server = await openServer(call)
    const signedIn = headers.has('authorization') || headers.has('apikey')
    const proof = principal && proofOf(headers, principal)
    const dispatch = (inner: Request) => call.dispatch(inner, proof)
    const caller = { publisher: principal !== undefined, signedIn, dispatch }
    return { response: await server.fetch(request, caller, () => takeStream(call)) }
  },
})

function openServer({ production, dispatch }: RouteCall): Promise<McpHttp> {
  const { bus, kinds, mcpOrigins = [] } = production
  const server =
    servers.get(bus) ??
    import('../../../mcp/serve-http.ts').then(({ createMcpHttp }) =>
      createMcpHttp({
        kinds: kinds.map(({ id, singular, instantiate }) => ({
          id,
          singular,
          canInstantiate: !!instantiate,
        })),
        dispatch: (inner) => dispatch(inner),
        wakeups: (wake) => bus.subscribe(wake),
        origins: mcpOrigins,
        challenge: (status, at) => mcpChallenge(status, at),
      }),
    )
  servers.set(bus, server)
  return server
}

/**
 * A signal that ends a stream when its time is over, its reader is gone or the server closes.
 * @throws Refusal 503 when too many streams are open
 */
function takeStream({ ports, headers, principal, signal }: RouteCall): AbortSignal {
  const over = new AbortController()
  const end = () => over.abort()
  const leave = ports.streams.take(end, identifyCaller(headers, principal, ports.forwarded))
  if (!leave)
    throw refuse(503, 'TOO_MANY_STREAMS', 'too many streams are open here', 'try again later', {
      headers: { 'retry-after': '10' },
    })
  const timer = setTimeout(end, ports.streams.lastMs).unref()
  over.signal.addEventListener('abort', () => {
    clearTimeout(timer)
    leave()
  })
  signal.addEventListener('abort', end, { signal: over.signal })
  if (signal.aborted) end()
  return over.signal
}
