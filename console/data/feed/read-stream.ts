import { createParser } from 'eventsource-parser'
import type { FeedEvent } from './events.ts'

/** The server sends a sign of life each 15 s; a connection without one for so long is dead, in ms. */
const SILENCE = 45_000

interface Listener {
  /** Is called for each sign of life, with the events that came with it. */
  onSign: (events: FeedEvent[]) => void
  signal: AbortSignal
}

/**
 * Reads a stream of events to its end.
 * @throws TypeError or DOMException when the connection is lost, or is silent for too long
 */
export async function readStream(
  stream: ReadableStream<Uint8Array>,
  { onSign, signal }: Listener,
): Promise<void> {
  const reader = stream.getReader()
  const decoder = new TextDecoder()
  let arrived: FeedEvent[] = []
  const parser = createParser({ onEvent: ({ data }) => arrived.push(JSON.parse(data) as FeedEvent) })
  const leave = () => void reader.cancel().catch(() => {})
  signal.addEventListener('abort', leave)
  let silence = setTimeout(leave, SILENCE)
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      clearTimeout(silence)
      silence = setTimeout(leave, SILENCE)
      parser.feed(decoder.decode(value, { stream: true }))
      onSign(arrived)
      arrived = []
    }
  } finally {
    clearTimeout(silence)
    signal.removeEventListener('abort', leave)
  }
}
