import * as z from 'zod'
import { readUpTo } from '../../../edge/http/read-up-to.ts'
import type { Callers, RealtimeCaller } from './caller.ts'
import { measurePayload } from './channel.ts'
import { nameShape } from './frames.ts'
import type { Hub } from './hub.ts'
import type { RealtimeLimits } from './limits.ts'
import { maySend } from './permissions.ts'

const messageShape = z.object({
  topic: nameShape.min(1),
  event: nameShape.min(1),
  payload: z.unknown(),
  private: z.boolean().default(false),
})
const bodyShape = z.object({ messages: z.array(messageShape).min(1).max(100) })
type SentMessage = z.output<typeof messageShape>

const BATCH = '/realtime/v1/api/broadcast'

export interface BroadcastPorts {
  hub: Hub
  callers: Callers
  limits: RealtimeLimits
}

/**
 * Makes the handler of broadcasts over HTTP, which `channel.send()` uses before it has joined and `channel.httpSend()`
 * always. Answers 202, or 401, 403, 413 or 422 with nothing sent.
 */
export function createBroadcastHandler({ hub, callers, limits }: BroadcastPorts) {
  return async (request: Request): Promise<Response> => {
    const { pathname, searchParams } = new URL(request.url)
    const single = /^\/realtime\/v1\/api\/broadcast\/([^/]+)\/events\/([^/]+)$/.exec(pathname)
    if (pathname !== BATCH && !single) return refusal(404, 'nothing is served here')
    if (request.method !== 'POST') return refusal(405, 'send POST')
    const caller = await identifyCaller(request, callers)
    if (!caller) return refusal(401, 'Invalid API key')
    const bytes = await readUpTo(limits.frameSize, request.body)
    // The rest of the body stays unread, so the connection cannot be used again.
    if (!bytes) return refusal(413, 'Payload size exceeds the limit', { connection: 'close' })
    const body = Buffer.from(bytes.buffer)
    const messages = single
      ? readSingle(single, searchParams, request, body)
      : bodyShape.safeParse(parseJson(body)).data?.messages
    if (!messages) return refusal(422, 'the body is not a broadcast')
    if (!messages.every((one) => maySend(caller, one.topic, one.private))) return refusal(403, 'Unauthorized')
    const problem = messages.map(({ payload }) => payloadProblem(payload, limits)).find(Boolean)
    if (problem) return refusal(422, problem)
    for (const { topic, event, payload, private: isPrivate } of messages)
      hub.broadcast(topic, isPrivate, { event, payload })
    return new Response(null, { status: 202 })
  }
}

async function identifyCaller({ headers }: Request, callers: Callers): Promise<RealtimeCaller | undefined> {
  const [, bearer = ''] = /^bearer +(\S+)$/i.exec(headers.get('authorization') ?? '') ?? []
  if (bearer === '' || bearer.startsWith('sb_')) return callers.ofKey(headers.get('apikey') ?? bearer)
  const caller = await callers.ofToken(bearer)
  return 'code' in caller ? undefined : caller
}

function payloadProblem(payload: unknown, { broadcastSize }: RealtimeLimits): string | undefined {
  try {
    return measurePayload(payload) > broadcastSize ? 'Payload size exceeds the limit' : undefined
  } catch (error) {
    // JSON.parse reads deeper nesting than JSON.stringify writes.
    if (error instanceof RangeError) return 'Payload has too many levels'
    throw error
  }
}

function readSingle(
  [, topic = '', event = '']: RegExpExecArray,
  search: URLSearchParams,
  { headers }: Request,
  body: Buffer,
): SentMessage[] | undefined {
  const isBinary = headers.get('content-type') === 'application/octet-stream'
  const payload = isBinary ? body : parseJson(body)
  const message = {
    topic: decoded(topic),
    event: decoded(event),
    payload,
    private: search.get('private') === 'true',
  }
  const parsed = messageShape.safeParse(message).data
  return parsed && payload !== undefined ? [parsed] : undefined
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return ''
  }
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return undefined
  }
}

function refusal(status: number, message: string, headers: Record<string, string> = {}): Response {
  return Response.json({ message }, { status, headers: { 'cache-control': 'no-store', ...headers } })
}
