import { onTestFinished } from 'vitest'
import { type RawData, WebSocket } from 'ws'

/** A message of protocol 2.0.0. */
export type Message = [joinRef: unknown, ref: unknown, topic: string, event: string, payload: unknown]

/** A connection without any client library on it. */
export interface RawSocket {
  socket: WebSocket
  /** All that came, in order; bytes as they are. */
  got: (Message | Buffer)[]
  send(data: unknown): void
  /** Joins a channel by its name; resolves with the reply. */
  join(name: string, config?: object, token?: unknown): Promise<unknown>
  /** The close code, once it is closed. */
  closed: Promise<number>
}

/** Connects; fails with the status when it is refused. */
export function connectRaw(url: string): Promise<RawSocket> {
  const socket = new WebSocket(url)
  onTestFinished(() => socket.terminate())
  const got: RawSocket['got'] = []
  const waiting = new Map<unknown, (payload: unknown) => void>()
  socket.on('message', (data: RawData, isBinary: boolean) => {
    const message: Message | Buffer = isBinary ? (data as Buffer) : JSON.parse(String(data))
    got.push(message)
    if (!Buffer.isBuffer(message) && message[3] === 'phx_reply') waiting.get(message[1])?.(message[4])
  })
  const closed = new Promise<number>((resolve) => socket.once('close', resolve))
  const send = (data: unknown) =>
    socket.send(typeof data === 'string' || Buffer.isBuffer(data) ? data : JSON.stringify(data))
  let ref = 0
  const join: RawSocket['join'] = (name, config = {}, access_token) => {
    const own = `join-${++ref}`
    const answered = new Promise((resolve) => waiting.set(own, resolve))
    send([own, own, `realtime:${name}`, 'phx_join', { config, access_token }])
    return answered
  }
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve({ socket, got, send, join, closed }))
    socket.once('unexpected-response', (_request, { statusCode }) => reject(new Error(`${statusCode}`)))
    socket.on('error', reject)
  })
}
