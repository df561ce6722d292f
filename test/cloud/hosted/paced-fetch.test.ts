import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import { MOST_AT_ONCE } from '../../../src/cloud/hosted/paced-fetch.ts'
import { retryingFetch } from '../../../src/cloud/hosted/retrying-fetch.ts'

interface ServerOptions {
  /** The most requests at once that are answered; others are refused. */
  takes: number
  refusal?: { status: number; retryAfter?: string }
}

/** A server that takes a number of requests at once, and remembers when each began. */
async function limitedServer({ takes, refusal = { status: 429 } }: ServerOptions) {
  const seen = { open: 0, most: 0, answered: 0, refused: [] as number[], begun: [] as number[] }
  const server = createServer(async (request, response) => {
    seen.begun.push(Date.now())
    seen.most = Math.max(seen.most, ++seen.open)
    const isRefused = seen.open > takes
    for await (const _chunk of request);
    if (isRefused) {
      seen.refused.push(Date.now())
      if (refusal.retryAfter) response.setHeader('retry-after', refusal.retryAfter)
      response.statusCode = refusal.status
    } else {
      await sleep(15)
      seen.answered++
    }
    seen.open--
    response.end('{}')
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  onTestFinished(() => void server.close())
  return { seen, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` }
}

/** Sends requests as a publish does: as many at once as there may ever be. */
async function sendMany(url: string, count: number): Promise<number[]> {
  const send = retryingFetch(globalThis.fetch, { firstPauseMs: 5, attempts: 8 })
  const statuses: number[] = []
  let next = 0
  const worker = async () => {
    while (next++ < count) statuses.push((await send(url, { method: 'POST', body: 'x' })).status)
  }
  await Promise.all(Array.from({ length: MOST_AT_ONCE }, worker))
  return statuses
}

describe('requests with a body', () => {
  test('become more at once on a server that takes them, and never more than the most', async () => {
    const { seen, url } = await limitedServer({ takes: Number.POSITIVE_INFINITY })
    expect(new Set(await sendMany(url, 600))).toEqual(new Set([200]))
    expect(seen.answered).toBe(600)
    expect(seen.most).toBeGreaterThan(8)
    expect(seen.most).toBeLessThanOrEqual(MOST_AT_ONCE)
  })

  test.each([429, 503])(
    'that a busy server refuses with %i are sent again, and become fewer',
    async (status) => {
      const { seen, url } = await limitedServer({ takes: 3, refusal: { status } })
      expect(new Set(await sendMany(url, 300))).toEqual(new Set([200]))
      expect(seen.answered).toBe(300)
      // Without a pace, 29 of 32 requests at once would be refused, again and again.
      expect(seen.refused.length).toBeLessThan(150)
    },
  )

  test('do not begin during the pause that a refusal asks for', async () => {
    const { seen, url } = await limitedServer({ takes: 5, refusal: { status: 429, retryAfter: '0.4' } })
    expect(new Set(await sendMany(url, 40))).toEqual(new Set([200]))
    const [first = 0] = seen.refused
    const early = seen.begun.filter((at) => at > first + 100 && at < first + 350)
    expect(seen.refused.length).toBeGreaterThan(0)
    expect(early).toEqual([])
  })

  test('do not wait for reads, nor reads for them', async () => {
    const { seen, url } = await limitedServer({ takes: Number.POSITIVE_INFINITY })
    const send = retryingFetch(globalThis.fetch)
    await Promise.all(Array.from({ length: 50 }, () => send(url)))
    expect(seen.most).toBeGreaterThan(8)
  })
})
