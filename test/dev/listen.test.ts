import { connect } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { listen } from '../../src/dev/listen.ts'

/** A server of one handler, and the way to it without a client library. */
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

test('a handler hears that its client has gone before there is an answer', async () => {
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

test('a client that takes its answer has not gone', async () => {
  const signals: AbortSignal[] = []
  const { url } = await serve(async ({ signal }) => {
    signals.push(signal)
    return new Response('all of it')
  })
  expect(await (await fetch(url)).text()).toBe('all of it')
  expect(await (await fetch(url)).text()).toBe('all of it')
  expect(signals.map(({ aborted }) => aborted)).toEqual([false, false])
})
