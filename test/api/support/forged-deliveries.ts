import { randomUUID } from 'node:crypto'
import { newSecret, sign } from '../../../src/contract/protocol/signature.ts'
import { MAX_DELIVERY } from '../../../src/contract/protocol/webhooks.ts'

export const PATH = '/api/events/deliveries'

/** A request for that path. */
export interface Forgery {
  headers: Record<string, string>
  body: string
}

/** The body of a delivery of some events. */
export function deliveryOf(...seqs: number[]): string {
  const at = '2026-01-01T00:00:00.000Z'
  const events = seqs.map((seq) => ({
    ...{ seq, type: 'agent.updated', kind: 'agents', id: `agent-${seq}`, version: 2 },
    ...{ digest: 'a'.repeat(64), releaseId: 'r', at },
  }))
  const [first = 1, last = first] = [seqs[0], seqs.at(-1)]
  const data = { since: first - 1, cursor: last, missed: false, events }
  return JSON.stringify({ type: 'registry.events', timestamp: at, data })
}

/** A delivery as the forwarder sends it. */
export function signedDelivery(secrets: string[], body: string, age = 0): Forgery {
  const timestamp = Math.floor(Date.now() / 1000) - age
  return {
    headers: { 'content-type': 'application/json', ...sign({ id: randomUUID(), timestamp, body }, secrets) },
    body,
  }
}

interface Kind {
  /** Turns a genuine delivery into the forgery; the secret is for what only its thief could do. */
  make: (genuine: Forgery, secret: string) => Forgery
  /** Whether the genuine delivery is sent first. */
  replays?: boolean
}

const without = ({ headers, body }: Forgery, name: string): Forgery => {
  const { [name]: _, ...rest } = headers
  return { headers: rest, body }
}
const withHeader = ({ headers, body }: Forgery, name: string, value: string): Forgery => ({
  headers: { ...headers, [name]: value },
  body,
})

/** Twelve kinds of requests that look like a delivery and are not valid. */
export const FORGERIES: [what: string, forge: Kind][] = [
  ['without a signature', { make: (genuine) => without(genuine, 'webhook-signature') }],
  ['without an id', { make: (genuine) => without(genuine, 'webhook-id') }],
  ['signed with another secret', { make: ({ body }) => signedDelivery([newSecret()], body) }],
  ['with another body', { make: ({ headers }) => ({ headers, body: deliveryOf(2) }) }],
  ['with another id', { make: (genuine) => withHeader(genuine, 'webhook-id', randomUUID()) }],
  [
    'with another time',
    {
      make: (genuine) =>
        withHeader(genuine, 'webhook-timestamp', String(Number(genuine.headers['webhook-timestamp']) + 1)),
    },
  ],
  ['that is too old', { make: ({ body }, secret) => signedDelivery([secret], body, 301) }],
  ['that is of the future', { make: ({ body }, secret) => signedDelivery([secret], body, -302) }],
  ['that is replayed', { make: (genuine) => genuine, replays: true }],
  [
    'with a signature of another version',
    {
      make: (genuine) =>
        withHeader(genuine, 'webhook-signature', genuine.headers['webhook-signature']!.replace('v1', 'v1a')),
    },
  ],
  [
    'that is too large',
    {
      make: (_genuine, secret) =>
        signedDelivery([secret], deliveryOf(1).replace('{', `{"x":"${'x'.repeat(MAX_DELIVERY)}",`)),
    },
  ],
  ['of another content type', { make: (genuine) => withHeader(genuine, 'content-type', 'text/plain') }],
]
