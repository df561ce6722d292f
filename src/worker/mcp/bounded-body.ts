/** The largest message of a server, in bytes: the SDK's limit for stdio. */
export const MAX_MESSAGE = 10 * 1024 * 1024

/**
 * The same bytes, ended with an error by a message that is larger than `MAX_MESSAGE`: the whole body, or one event of
 * an event stream. The parser behind it keeps an unfinished message in memory.
 */
export function boundedBody(body: ReadableStream<Uint8Array>, isEvents: boolean): ReadableStream<Uint8Array> {
  let size = 0
  return body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        const end = isEvents ? lastBlankLine(chunk) : -1
        size = end < 0 ? size + chunk.length : chunk.length - end
        if (size > MAX_MESSAGE)
          return controller.error(
            new Error(`the MCP server sent a message of more than ${MAX_MESSAGE} bytes`),
          )
        controller.enqueue(chunk)
      },
    }),
  )
}

/**
 * Where the last event of the chunk ends. A blank line across
 * two chunks is missed; the next blank line makes up for it.
 */
function lastBlankLine(chunk: Uint8Array): number {
  const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
  return Math.max(...['\n\n', '\r\n\r\n', '\r\r'].map((end) => bytes.lastIndexOf(end)))
}
