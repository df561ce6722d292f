import {
  SSEClientTransport,
  StreamableHTTPClientTransport,
  type Transport,
} from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import type { AnswerStreams } from './answer-streams.ts'
import type { BridgeSettings } from './bridge-settings.ts'
import { pinnedFetch } from './pinned-fetch.ts'
import { systemLookup } from './system-lookup.ts'

/**
 * The transport to a server, not started yet. The environment of a stdio server holds what the SDK deems safe (PATH,
 * HOME and the like) and the server's own secrets; a remote server is reached at checked addresses alone, and redirects
 * are followed only within its own origin.
 * @param streams limits the answers of a remote server, and knows which of them are event streams
 */
export function connectServer(settings: BridgeSettings, streams: AnswerStreams): Transport {
  if (settings.type === 'stdio') {
    const { command, args, env } = settings
    return new StdioClientTransport({ command, args, env, stderr: 'inherit' })
  }
  const { type, headers, loopback } = settings
  const fetch = streams.watch(pinnedFetch({ lookup: systemLookup, loopback }))
  const options = { fetch, requestInit: { headers } }
  const url = new URL(settings.url)
  return type === 'sse'
    ? new SSEClientTransport(url, options)
    : new StreamableHTTPClientTransport(url, options)
}
