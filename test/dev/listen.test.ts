import { Agent, request } from 'node:http'
import { connect } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { listen } from '../../src/dev/listen.ts'

/** A server of one handler, and a connection to it without a client library. */
async function serve(fetch: (request: Request) => Promise<Response>) {
  const { url, port, close } = await listen({ host: '127.0.0.1', port: 0, fetch, log: () => {} })
  onTestFinished(close)
  const ask = () => {
    const socket = connect(port, '127.0.0.1')
    socket.write('GET / HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n')
    return socket
  }
  return { url, ask }
}

test('the handler’s signal is aborted when its client disconnects before an answer', async () => {
  let leave = () => {}
  let told: (gone: boolean) => void = () => {}
  const hears = new Promise<boolean>((resolve) => {
    told = resolve
  })
  const { ask } = await serve(async ({ signal }) => {
    leave()
    await new Promise<void>((gone) => signal.addEventListener('abort', () => gone()))
    told(signal.aborted)
    return new Response()
  })
  const socket = ask()
  leave = () => socket.destroy()
  expect(await hears).toBe(true)
})

test('the handler’s signal is not aborted when the client gets its answer', async () => {
  const signals: AbortSignal[] = []
  const { url } = await serve(async ({ signal }) => {
    signals.push(signal)
    return new Response('all of it')
  })
  expect(await (await fetch(url)).text()).toBe('all of it')
  expect(await (await fetch(url)).text()).toBe('all of it')
  expect(signals.map(({ aborted }) => aborted)).toEqual([false, false])
})

test.each([
  ['reads nothing of the body', async () => new Response('no', { status: 404 })],
  [
    'reads the beginning of the body',
    async ({ body }: Request) => {
      const reader = body?.getReader()
      await reader?.read()
      reader?.releaseLock()
      return new Response('too large', { status: 413 })
    },
  ],
  [
    'throws',
    async () => {
      throw new Error('broken')
    },
  ],
])(
  'a second request on one connection is answered when the handler of the first %s',
  async (_what, early) => {
    const { url } = await serve(async (request) =>
      request.method === 'GET' ? new Response('well') : early(request),
    )
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    onTestFinished(() => agent.destroy())
    for (const bytes of [1, 60_000, 300_000, 3_000_000]) {
      const refused = await send(url, agent, Buffer.alloc(bytes, 97))
      expect(refused).toBeGreaterThanOrEqual(400)
      expect(await send(url, agent)).toBe(200)
    }
  },
)

/** The status of the answer to one request. */
function send(url: string, agent: Agent, body?: Buffer): Promise<number | undefined> {
  return new Promise((done, failed) => {
    const sent = request(url, { agent, method: body ? 'POST' : 'GET' }, (answer) => {
      answer.resume()
      answer.once('end', () => done(answer.statusCode))
      answer.once('error', failed)
    })
    sent.once('error', failed)
    sent.end(body)
  })
}
