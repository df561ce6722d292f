import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'

/** A received delivery. */
export interface Received {
  headers: Record<string, string>
  body: string
}

/** A receiver of webhooks on loopback. */
export interface Receiver {
  url: string
  got: Received[]
  server: Server
}

type Handle = (outgoing: ServerResponse, received: Received, incoming: IncomingMessage) => void

/** Starts a receiver that stores requests and answers with `handle`; it is closed after the test. */
export async function receive(handle: Handle = (outgoing) => outgoing.end('ok')): Promise<Receiver> {
  const got: Received[] = []
  const server = createServer(async (incoming, outgoing) => {
    const received = { headers: incoming.headers as Record<string, string>, body: await text(incoming) }
    got.push(received)
    handle(outgoing, received, incoming)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, got, server }
}

/** Seqs of the events in a delivery. */
export const seqsIn = ({ body }: Received): number[] =>
  (JSON.parse(body).data.events as { seq: number }[]).map(({ seq }) => seq)
