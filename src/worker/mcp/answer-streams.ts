import type { RequestId } from '@modelcontextprotocol/sdk/types.js'
import type { Fetch } from './pinned-fetch.ts'

/** Follows the event streams on which a server answers requests: their end is no event of MCP's transport. */
export interface AnswerStreams {
  /** The `fetch` that notices them. */
  watch(fetch: Fetch): Fetch
  /** True while the server may still answer the request on its stream. */
  has(id: RequestId): boolean
  /** Called when a stream ends or breaks, whether the answer was on it or not. */
  onend?: (id: RequestId) => void
}

export function createAnswerStreams(): AnswerStreams {
  const open = new Set<RequestId>()
  const streams: AnswerStreams = {
    has: (id) => open.has(id),
    watch: (fetch) => async (url, init) => {
      const response = await fetch(url, init)
      const id = requestId(init?.body)
      const isStream = response.headers.get('content-type')?.startsWith('text/event-stream')
      if (id === undefined || !response.ok || !isStream || !response.body) return response
      open.add(id)
      const body = untilEnd(response.body, () => {
        open.delete(id)
        streams.onend?.(id)
      })
      return new Response(body, response)
    },
  }
  return streams
}

function requestId(body: RequestInit['body']): RequestId | undefined {
  if (typeof body !== 'string') return undefined
  const message = JSON.parse(body) as { id?: RequestId; method?: string }
  return message.method === undefined ? undefined : message.id
}

/** The same stream; `ended` is called after its last byte was read, or with its failure. */
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
