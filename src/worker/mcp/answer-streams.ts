import type { RequestId } from '@modelcontextprotocol/sdk/types.js'
import { boundedBody } from './bounded-body.ts'
import type { McpFetch } from './pinned-fetch.ts'

/** Follows the event streams on which a server answers requests: MCP's transport does not report their end. */
export interface AnswerStreams {
  /** A `fetch` that registers answer streams and limits the size of a message. */
  watch(fetch: McpFetch): McpFetch
  /** Whether the server may still answer the request on its stream. */
  has(id: RequestId): boolean
  /** Called when a stream ends or breaks, with or without the answer on it. */
  onend?: (id: RequestId) => void
}

export function createAnswerStreams(): AnswerStreams {
  const open = new Set<RequestId>()
  const streams: AnswerStreams = {
    has: (id) => open.has(id),
    watch: (fetch) => async (url, init) => {
      const response = await fetch(url, init)
      await refuseChangedMethod(response, init)
      const id = requestId(init?.body)
      const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true
      if (!response.body) return response
      const bounded = boundedBody(response.body, isStream)
      if (id === undefined || !response.ok || !isStream) return new Response(bounded, response)
      open.add(id)
      const body = untilEnd(bounded, () => {
        open.delete(id)
        streams.onend?.(id)
      })
      return new Response(body, response)
    },
  }
  return streams
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

/** The same stream; `ended` is called after its last byte was read, or with its error. */
function untilEnd(body: ReadableStream<Uint8Array>, ended: () => void): ReadableStream<Uint8Array> {
  const reader = body.getReader()
  return new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await reader.read()
        if (!done) return controller.enqueue(value)
        controller.close()
      } catch (error) {
        controller.error(error)
      }
      ended()
    },
    cancel: (reason) => reader.cancel(reason),
  })
}
