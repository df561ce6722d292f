import { describe, expect, test } from 'vitest'
import { createPinnedSend } from '../../../src/cloud/hosted/send-pinned.ts'
import { createSend, type Send } from '../../../src/edge/forward/send.ts'
import { receive } from '../support/receiver.ts'

const PUBLIC = { loopback: false }
const patience = () => AbortSignal.timeout(5_000)
const to = (url: string) => ({ url, headers: { 'content-type': 'application/json' }, body: '{}' })

/** Each sort of send, with names that resolve to `addresses`, and the names that were looked up. */
function sendsTo(addresses: string[], options = PUBLIC) {
  const asked: string[] = []
  const called: string[] = []
  const resolve = async (host: string) => {
    asked.push(host)
    return addresses
  }
  const neverCalled: typeof fetch = async (input) => {
    called.push(String(input))
    return new Response()
  }
  const lookUp = async (host: string) =>
    (await resolve(host)).map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
  const sends: [string, Send][] = [
    ['fetch', createSend(neverCalled, resolve, options)],
    ['a pinned socket', createPinnedSend(options, lookUp)],
  ]
  return { sends, asked, called }
}

describe('the host name of a destination', () => {
  test.each([
    ['a private address', ['10.0.0.7'], /10\.0\.0\.7, which is a private address/],
    ['this machine', ['127.0.0.1'], /127\.0\.0\.1, which is this machine itself/],
    ['the metadata of a cloud', ['169.254.169.254'], /cloud metadata/],
    ['a private address among public ones', ['8.8.8.8', '192.168.1.4'], /192\.168\.1\.4/],
    ['a private address of IPv6', ['fd12::1'], /fd12::1, which is a private address/],
    ['a private address in IPv6', ['::ffff:10.0.0.7'], /private/],
    ['nothing', [], /cannot be resolved/],
  ])('a host name that resolves to %s is sent nothing', async (_what, addresses, says) => {
    const { sends, called } = sendsTo(addresses)
    for (const [, send] of sends)
      await expect(send(to('https://rebinding.example.com/'), patience())).rejects.toThrow(says)
    expect(called).toEqual([])
  })

  test('a host name that cannot be resolved, or not in time, is an ordinary failure', async () => {
    const failing = createSend(fetch, () => Promise.reject(new Error('NXDOMAIN')), PUBLIC)
    await expect(failing(to('https://nobody.example.com/'), patience())).rejects.toThrow('cannot be resolved')
    const silent = createSend(fetch, () => new Promise(() => {}), PUBLIC)
    await expect(silent(to('https://nobody.example.com/'), AbortSignal.timeout(20))).rejects.toThrow(
      'in time',
    )
  })
})

test('the URL of a stored webhook is checked again at every delivery', async () => {
  const { sends, asked } = sendsTo(['8.8.8.8'])
  for (const [, send] of sends)
    for (const url of ['https://10.0.0.7/', 'http://example.com/', 'https://localhost/', 'https://[::1]/'])
      await expect(send(to(url), patience())).rejects.toThrow(/^NOFX_WEBHOOK_URL_/)
  expect(asked).toEqual([])
})

test('a pinned socket connects to the checked address: the name is resolved once', async () => {
  const receiver = await receive()
  const { port } = new URL(receiver.url)
  const answers = [['127.0.0.1'], ['10.0.0.7']]
  let asked = 0
  const send = createPinnedSend({ loopback: true }, async () => {
    const addresses = answers[Math.min(asked++, 1)]!
    return addresses.map((address) => ({ address, family: 4 }))
  })
  expect(await send(to(`http://localhost:${port}/hook`), patience())).toBe(200)
  expect(asked).toBe(1)
  expect(receiver.got[0]!.headers.host).toBe(`localhost:${port}`)
  await expect(send(to(`http://localhost:${port}/hook`), patience())).rejects.toThrow('10.0.0.7')
  expect(receiver.got).toHaveLength(1)
})
