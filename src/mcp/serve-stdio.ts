import type { Readable, Writable } from 'node:stream'
import type { Server, ServerEvent } from '@modelcontextprotocol/server'
import { StdioServerTransport, serveStdio } from '@modelcontextprotocol/server/stdio'
import { buildServer } from './build-server.ts'
import { followChanges, type NewsSource } from './follow-changes.ts'
import { createRegistryClient, type McpKind } from './registry/registry-client.ts'
import { readyTools } from './tools/all-tools.ts'
import type { Rights } from './tools/tool.ts'

export interface McpStdioOptions extends Rights {
  kinds: readonly McpKind[]
  /** Sends a request to the whole API. */
  dispatch: (request: Request) => Promise<Response>
  /** Where the API is, and the credentials for it. */
  origin: string
  headers: Record<string, string>
  /** Without it clients do not hear of changes. */
  wakeups?: NewsSource
  stdin: Readable
  stdout: Writable
  signal: AbortSignal
  /** Receives what goes wrong beside the protocol. */
  onError: (error: Error) => void
}

/** Serves the registry on a pair of streams, until the client closes its end or the signal is aborted. */
export async function serveMcpStdio(options: McpStdioOptions): Promise<void> {
  const { kinds, dispatch, origin, headers, publisher, writes, wakeups, signal, onError } = options
  const client = createRegistryClient(dispatch, origin, headers)
  const tools = readyTools(kinds)
  const followed = new Set<string>()
  let serving: { server: Server; era: 'legacy' | 'modern' } | undefined
  const transport = new StdioServerTransport(options.stdin, options.stdout)
  const handle = serveStdio(
    ({ era }) => {
      const onSubscribe = (uri: string, follows: boolean) => {
        if (follows) followed.add(uri)
        else followed.delete(uri)
      }
      const changes = wakeups !== undefined
      const context = { client, kinds, tools, publisher, writes, era, changes }
      const server = buildServer({ ...context, ...(changes && era === 'legacy' ? { onSubscribe } : {}) })
      serving = { server, era }
      return server
    },
    { transport, onerror: onError },
  )
  const tell = (event: ServerEvent) => {
    if (!serving) return
    // For the later revision, the SDK passes on what a client has subscribed to.
    const isFollowed =
      event.kind !== 'resource_updated' || serving.era === 'modern' || followed.has(event.uri)
    if (isFollowed) announce(serving.server, event).catch(onError)
  }
  const stop = wakeups && followChanges(client, wakeups, tell)
  await ended(transport, signal)
  stop?.()
  await handle.close()
}

async function announce(server: Server, event: ServerEvent): Promise<void> {
  if (!server.transport) return
  if (event.kind === 'resource_updated') await server.sendResourceUpdated({ uri: event.uri })
  if (event.kind === 'resources_list_changed') await server.sendResourceListChanged()
  if (event.kind === 'prompts_list_changed') await server.sendPromptListChanged()
}

function ended(transport: StdioServerTransport, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const closed = transport.onclose
    transport.onclose = () => {
      closed?.()
      resolve()
    }
    signal.addEventListener('abort', () => resolve(), { once: true })
    if (signal.aborted) resolve()
  })
}
