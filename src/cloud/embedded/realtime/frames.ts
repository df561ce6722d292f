import * as z from 'zod'

/**
 * The two forms of the protocol: objects (1.0.0), and arrays with binary broadcasts (2.0.0). supabase-js uses 2.0.0.
 */
export type Version = '1.0.0' | '2.0.0'

/** A number or text of the client, which answers repeat unchanged. */
export type Ref = string | number | null

/** One message of the Phoenix protocol, in either direction. */
export interface RealtimeMessage {
  joinRef: Ref
  ref: Ref
  topic: string
  event: string
  payload: Record<string, unknown>
}

/** Answers a client's message. */
export type Reply = (message: RealtimeMessage, status: 'ok' | 'error', response: unknown) => void

/** A frame on the wire: text, or a binary broadcast. */
export type Frame = string | Buffer

const LONGEST_NAME = 255
const refShape = z.union([z.string().max(LONGEST_NAME), z.number(), z.null()])
/** The name of a topic or an event. Its length is counted in bytes: a binary frame has one byte for it. */
export const nameShape = z.string().refine((name) => Buffer.byteLength(name) <= LONGEST_NAME)
const payloadShape = z.record(z.string(), z.unknown())
const objectShape = z.object({
  join_ref: refShape.optional(),
  ref: refShape.optional(),
  topic: nameShape,
  event: nameShape,
  payload: payloadShape,
})
const arrayShape = z.tuple([refShape, refShape, nameShape, nameShape, payloadShape])

/** The first byte of a binary frame: a broadcast to the server, and one from it. */
const USER_PUSH = 3
const USER_BROADCAST = 4
const JSON_ENCODING = 1

/** Reads a frame; undefined for a frame that does not follow the protocol. */
export function decode(data: Buffer, isBinary: boolean, version: Version): RealtimeMessage | undefined {
  if (isBinary) return version === '2.0.0' ? decodeBinary(data) : undefined
  const value = parseJson(data)
  if (version === '1.0.0') {
    const fields = objectShape.safeParse(value).data
    return fields && { ...fields, joinRef: fields.join_ref ?? null, ref: fields.ref ?? null }
  }
  const parts = arrayShape.safeParse(value).data
  if (!parts) return undefined
  const [joinRef, ref, topic, event, payload] = parts
  return { joinRef, ref, topic, event, payload }
}

function decodeBinary(data: Buffer): RealtimeMessage | undefined {
  if (data[0] !== USER_PUSH || data.length < 7) return undefined
  let at = 7
  const [joinRef = '', ref = '', topic = '', event = ''] = [1, 2, 3, 4, 5].map((index) => {
    const from = at
    at += data[index] ?? 0
    return data.toString('utf8', from, at)
  })
  if (at > data.length) return undefined
  const rest = data.subarray(at)
  const payload = data[6] === JSON_ENCODING ? parseJson(rest) : rest
  if (payload === undefined) return undefined
  const message = { type: 'broadcast', event, payload }
  return { joinRef: joinRef || null, ref: ref || null, topic, event: 'broadcast', payload: message }
}

function parseJson(data: Buffer): unknown {
  try {
    return JSON.parse(data.toString('utf8'))
  } catch {
    return undefined
  }
}

/** Writes a message; undefined for binary data to a client of 1.0.0, which has no form for it. */
export function encode(
  { joinRef, ref, topic, event, payload }: RealtimeMessage,
  version: Version,
): Frame | undefined {
  if (payload.payload instanceof Buffer)
    return version === '2.0.0' ? encodeBinary(topic, String(payload.event), payload.payload) : undefined
  if (version === '2.0.0') return JSON.stringify([joinRef, ref, topic, event, payload])
  return JSON.stringify({ topic, event, payload, ref, join_ref: joinRef })
}

function encodeBinary(topic: string, event: string, bytes: Buffer): Buffer {
  const [topicBytes, eventBytes] = [Buffer.from(topic), Buffer.from(event)]
  const head = Buffer.from([USER_BROADCAST, topicBytes.length, eventBytes.length, 0, 0])
  return Buffer.concat([head, topicBytes, eventBytes, bytes])
}
