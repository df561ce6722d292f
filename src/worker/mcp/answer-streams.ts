import type { RequestId } from '@modelcontextprotocol/client'
import { boundedBody } from './bounded-body.ts'
import type { McpFetch } from './pinned-fetch.ts'

/**
 * Knows which requests a server answers on an event stream. MCP's transport reports the end of such a stream, but not
 * whether an answer is one.
 */
export interface AnswerStreams {
  /** A `fetch` that registers answer streams and limits the size of a message. */
  watch(fetch: McpFetch): McpFetch
  /** Whether the server may still answer the request on its stream. */
  has(id: RequestId): boolean
  /** The requests that have a stream. */
  ids(): RequestId[]
  /** Forgets the stream of a request. */
  end(id: RequestId): void
}

/** @param isInResponse whether the server answers a request in the response to it */
export function createAnswerStreams(isInResponse = true): AnswerStreams {
  const open = new Set<RequestId>()
  return {
    has: (id) => open.has(id),
    ids: () => [...open],
    end: (id) => void open.delete(id),
    watch: (fetch) => async (url, init) => {
      const response = await fetch(url, init)
      await refuseChangedMethod(response, init)
      const id = isInResponse ? requestId(init?.body) : undefined
      if (!response.body) return response
      if (isUnused(response, init?.method ?? 'GET', id)) {
        await response.body.cancel()
        return new Response(null, response)
      }
      const type = response.headers.get('content-type')
      const isStream = response.ok && type?.startsWith('text/event-stream') === true
      if (id !== undefined && isStream) open.add(id)
      return new Response(boundedBody(response.body, isStream), response)
    },
  }
}

/**
 * Whether the response's body means nothing to the transport, which reads such a body to its end all the same: a server
 * that never ends it would keep the transport waiting.
 */
function isUnused({ status, ok }: Response, method: string, id: RequestId | undefined): boolean {
  if (status === 202 || (status >= 300 && status < 400)) return true
  if (method === 'POST') return ok && id === undefined
  return method !== 'GET' || !ok
}

/** A client turns a POST that is answered with such a redirect into a GET; 307 and 308 keep the method. */
async function refuseChangedMethod(
  { status, headers, body }: Response,
  init: RequestInit | undefined,
): Promise<void> {
  if (init?.method !== 'POST' || ![301, 302, 303].includes(status)) return
  await body?.cancel()
  const to = headers.get('location') ?? 'nowhere'
  throw new Error(
    `the MCP server answers a POST with a redirect (${status}) to ${JSON.stringify(to.slice(0, 200))}`,
  )
}

function requestId(body: RequestInit['body']): RequestId | undefined {
  if (typeof body !== 'string') return undefined
  const message = JSON.parse(body) as { id?: RequestId; method?: string }
  return message.method === undefined ? undefined : message.id
}
