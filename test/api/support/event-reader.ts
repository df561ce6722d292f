import { createParser } from 'eventsource-parser'
import { composeApp } from '../../../src/api/compose-app.ts'
import { createStreamSlots, type StreamLimits } from '../../../src/api/events/stream-slots.ts'
import type { ApiPorts } from '../../../src/api/ports.ts'
import { listEvents } from '../../../src/api/routes/list-events.ts'
import { ORIGIN } from './api-under-test.ts'

export const STREAM = { accept: 'text/event-stream' }

/** One reader of a stream, with a parser that other clients use. It reads only on request. */
export interface EventReader {
  response: Response
  /** The text received so far. */
  text: () => string
  /** The next so many events, as `<id> <type> <id of the definition>`. */
  events: (count: number) => Promise<string[]>
  /** Reads until the text has this. */
  until: (pattern: RegExp) => Promise<void>
  /** Reads to the end. */
  toEnd: () => Promise<void>
  leave: () => Promise<void>
}

export function readEvents(response: Response): EventReader {
  const reader = response.body!.getReader()
  const decoder = new TextDecoder()
  const waiting: string[] = []
  let text = ''
  const parser = createParser({
    onEvent: ({ id, event, data }) => waiting.push(`${id} ${event} ${JSON.parse(data).id}`),
    onError: (error) => waiting.push(`not understood: ${error.message}`),
  })
  const more = async () => {
    const { done, value } = await reader.read()
    const chunk = decoder.decode(value)
    text += chunk
    parser.feed(chunk)
    return !done
  }
  return {
    response,
    text: () => text,
    async events(count) {
      while (waiting.length < count) if (!(await more())) break
      return waiting.splice(0, count)
    },
    async until(pattern) {
      while (!pattern.test(text)) if (!(await more())) throw new Error(`ended without ${pattern}: ${text}`)
    },
    async toEnd() {
      while (await more());
    },
    leave: () => reader.cancel(),
  }
}

/** The route alone over the ports of an API, with other limits of its streams. */
export function openStreams(ports: ApiPorts, limits: Partial<StreamLimits> = {}) {
  const streams = createStreamSlots(limits)
  const app = composeApp({ ...ports, streams }, [listEvents])
  const send = async (path: string, headers: Record<string, string> = {}, init: RequestInit = {}) =>
    app.fetch(new Request(new URL(path, ORIGIN), { headers: { ...STREAM, ...headers }, ...init }))
  const open = async (path: string, headers?: Record<string, string>, init?: RequestInit) =>
    readEvents(await send(path, headers, init))
  return { send, open, streams }
}
