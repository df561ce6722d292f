import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { createPinnedSend } from '../../src/cloud/hosted/send-pinned.ts'
import { forwardEvents } from '../../src/edge/forward/forwarder.ts'
import { rpcOf } from '../edge/support/rpc.ts'
import { createDatabase } from '../harness/postgres.ts'
import { seeded } from '../harness/random.ts'
import { emptyOutbox } from '../sql/support/outbox-under-test.ts'
import { counter, goesOn, type Scenario } from './scenario.ts'

type Behave = (outgoing: ServerResponse, count: number, random: () => number) => unknown

/**
 * The behaviours of webhook receivers. A receiver that recovers gets everything; the others get nothing that they did
 * not accept.
 */
const RECEIVERS: Record<string, { behave: Behave; takes: boolean }> = {
  healthy: { behave: (outgoing) => outgoing.end('ok'), takes: true },
  'healthy too': { behave: (outgoing) => outgoing.end(), takes: true },
  flaky: {
    behave: (outgoing, _count, random) => outgoing.writeHead(random() < 0.5 ? 503 : 204).end(),
    takes: true,
  },
  dripping: {
    behave: (outgoing) => {
      outgoing.writeHead(200)
      const drip = setInterval(() => outgoing.write('.'), 50)
      outgoing.once('close', () => clearInterval(drip))
    },
    takes: true,
  },
  'cut off': {
    behave: (outgoing, _count, random) => (random() < 0.5 ? outgoing.destroy() : outgoing.end()),
    takes: true,
  },
  hanging: { behave: () => {}, takes: false },
  failing: { behave: (outgoing) => outgoing.writeHead(500).end(), takes: false },
  redirecting: {
    behave: (outgoing) => outgoing.writeHead(302, { location: 'http://127.0.0.1:9/' }).end(),
    takes: false,
  },
}

/** Webhooks of eight kinds at once: order, no loss, and no delay of one receiver by another. */
export const receivers: Scenario = {
  name: 'receivers',
  what: 'events sent to receivers that hang, drip, fail, redirect, are cut off or flaky',
  short: 20,
  goal: 500,
  async run(fire) {
    const { times } = fire
    const { facts, count } = counter()
    const broken: string[] = []
    const random = seeded(fire.seed)
    const db = await createDatabase()
    const outbox = await emptyOutbox(db)
    const open = await Promise.all(
      Object.entries(RECEIVERS).map(([name, one]) => listen(name, one.behave, random)),
    )
    try {
      for (const one of open) ids.set(one.name, await outbox.add({ url: one.url }))
      const ports = {
        rpc: rpcOf(db),
        send: createPinnedSend({ loopback: true }),
        secrets: [],
        patienceMs: 400,
      }
      let published = 0
      while (goesOn(fire, published)) {
        const some = Math.min(1 + Math.floor(random() * 5), times - published)
        await outbox.publishSome(some)
        published += some
        await forwardEvents(ports, { budgetMs: 2_000 })
      }
      const taking = open.filter(({ name }) => RECEIVERS[name]?.takes)
      for (let round = 0; round < 60 && taking.some(({ taken }) => taken.size < published); round++) {
        for (const { name } of taking) await outbox.wait(ids.get(name) ?? '')
        await forwardEvents(ports, { budgetMs: 2_000 })
      }
      for (const { name, taken, disorder } of open) {
        count(`${name}: taken`, taken.size)
        if (RECEIVERS[name]?.takes && taken.size !== published)
          broken.push(`${name} has ${taken.size} of ${published} events`)
        if (disorder > 0) broken.push(`${name} got ${disorder} events out of order`)
      }
      return { tried: published, broken, facts }
    } finally {
      for (const one of open) one.close()
      await db.drop()
    }
  },
}

const ids = new Map<string, string>()

interface Listening {
  name: string
  url: string
  taken: Set<number>
  disorder: number
  close(): void
}

async function listen(name: string, behave: Behave, random: () => number): Promise<Listening> {
  const taken = new Set<number>()
  let count = 0
  const server = createServer(async (incoming, outgoing) => {
    const { data } = JSON.parse(await text(incoming)) as { data: { events: { seq: number }[] } }
    const seqs = data.events.map(({ seq }) => seq)
    outgoing.once('close', () => {
      if (outgoing.statusCode >= 300 || !outgoing.headersSent) return
      const newest = Math.max(0, ...taken)
      // The same batch may be repeated, but older events that were never delivered must not follow.
      listening.disorder += seqs.filter((seq) => seq < newest && !taken.has(seq)).length
      for (const seq of seqs) taken.add(seq)
    })
    behave(outgoing, ++count, random)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const close = () => {
    server.closeAllConnections()
    server.close()
  }
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`
  const listening: Listening = { name, url, taken, disorder: 0, close }
  return listening
}
