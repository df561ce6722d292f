import {
  SSEClientTransport,
  StreamableHTTPClientTransport,
  type Transport,
} from '@modelcontextprotocol/client'
import type { AnswerStreams } from './answer-streams.ts'
import type { RemoteSettings } from './bridge-settings.ts'
import { pinnedFetch } from './pinned-fetch.ts'
import { systemLookup } from './system-lookup.ts'

/** The transport to a server over HTTP, which is reached at checked addresses alone. */
export function connectRemote(settings: RemoteSettings, streams: AnswerStreams): Transport {
  const { type, headers, loopback } = settings
  const fetch = streams.watch(pinnedFetch({ lookup: systemLookup, loopback }))
  const options = { fetch, requestInit: { headers } }
  const url = new URL(settings.url)
  return type === 'sse'
    ? new SSEClientTransport(url, options)
    : new StreamableHTTPClientTransport(url, options)
}
