import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApi } from '../../src/api/app.ts'
import { parseNetwork } from '../../src/api/http/caller.ts'
import { createLimiter } from '../../src/api/http/limiter.ts'
import { problem } from '../../src/api/reads/shapes.ts'
import { type ApiUnderTest, openApiUnderTest } from './support/api-under-test.ts'

let api: ApiUnderTest
beforeAll(async () => {
  api = await openApiUnderTest({ limiter: createLimiter({ anonymous: 3, known: 5 }), forwarded: true })
})
afterAll(() => api?.close())

const from = (address: string) => ({ 'x-forwarded-for': `${address}, 10.0.0.1` })

/** Statuses of so many requests, one after the other. */
async function statuses(count: number, headers: () => Record<string, string>): Promise<number[]> {
  const found: number[] = []
  for (let at = 0; at < count; at++) found.push((await api.get('/api/agents', headers())).status)
  return found
}

describe('too many requests', () => {
  test('too many requests of one address are refused until the minute is over, and those of others are not', async () => {
    expect(await statuses(4, () => from('192.0.2.1'))).toEqual([200, 200, 200, 429])
    const { json, headers } = await api.get('/api/agents', from('192.0.2.1'))
    expect(problem.safeParse(json).success).toBe(true)
    expect(json).toMatchObject({ status: 429, code: 'RATE_LIMITED', detail: 'more than 3 requests a minute' })
    const seconds = Number(headers.get('retry-after'))
    expect(seconds).toBeGreaterThan(0)
    expect(seconds).toBeLessThanOrEqual(60)
    expect(headers.get('ratelimit-limit')).toBe('3')
    expect(headers.get('ratelimit-remaining')).toBe('0')
    expect(headers.get('ratelimit-reset')).toBe(String(seconds))
    expect(headers.get('cache-control')).toBe('no-store')
    expect((await api.get('/api/agents', from('192.0.2.2'))).status).toBe(200)
  })

  test('requests of one publisher are counted by the credentials, from whatever address', async () => {
    const token = await api.token()
    let host = 0
    const anywhere = () => ({ ...token, ...from(`198.51.100.${host++}`) })
    expect(await statuses(6, anywhere)).toEqual([200, 200, 200, 200, 200, 429])
  })

  test('requests with guessed credentials are counted by address, so that guessing is limited', async () => {
    let guess = 0
    const guessing = () => ({
      ...from('203.0.113.9'),
      apikey: `sb_secret_${String(guess++).padStart(32, 'x')}`,
    })
    expect(await statuses(4, guessing)).toEqual([401, 401, 401, 429])
  })
})

test('a validation counts as ten requests, and as no more than the whole limit', async () => {
  const asked = async (limits: { anonymous: number; known: number }, forms: ('validate' | 'list')[]) => {
    const counted = createApi({ ...api.ports, limiter: createLimiter(limits), forwarded: true })
    const found: number[] = []
    for (const form of forms) {
      const init = { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } }
      const answer =
        form === 'list'
          ? await counted.fetch(new Request('http://registry/api/agents'))
          : await counted.fetch(new Request('http://registry/api/agents/validate', init))
      found.push(answer.status)
      if (answer.status === 429 && form === 'validate')
        expect(await answer.json()).toMatchObject({
          detail: `more than ${limits.anonymous} requests a minute, where one of this kind counts as 10`,
        })
    }
    return found
  }
  expect(
    await asked({ anonymous: 22, known: 5 }, ['validate', 'list', 'validate', 'list', 'validate']),
  ).toEqual([200, 200, 200, 200, 429])
  expect(await asked({ anonymous: 3, known: 5 }, ['validate', 'validate'])).toEqual([200, 429])
})

test('addresses that callers can forge are ignored: all requests without credentials count as one caller', async () => {
  const elsewhere = createApi({
    ...api.ports,
    limiter: createLimiter({ anonymous: 3, known: 5 }),
    forwarded: false,
  })
  const found: number[] = []
  for (let at = 0; at < 4; at++) {
    const headers = at % 2 ? from(`192.0.2.${at}`) : { 'x-real-ip': `192.0.2.${at}` }
    found.push((await elsewhere.fetch(new Request('http://registry/api/agents', { headers }))).status)
  }
  expect(found).toEqual([200, 200, 200, 429])
})

test.each<[what: string, addresses: string[], networks: (string | undefined)[]]>([
  ['IPv4 by address', ['192.0.2.1', '192.0.2.2'], ['192.0.2.1', '192.0.2.2']],
  [
    'IPv6 by its first 64 bits, however it is written',
    ['2001:db8:0:7::1', '2001:DB8::7:ffff:0:0:2', '2001:db8:0:8::1', '::1', 'fe80::1%eth0', '2001:db8::'],
    [
      '2001:db8:0:7::/64',
      '2001:db8:0:7::/64',
      '2001:db8:0:8::/64',
      '0:0:0:0::/64',
      'fe80:0:0:0::/64',
      '2001:db8:0:0::/64',
    ],
  ],
  ['IPv4 inside of IPv6 by its own', ['::ffff:192.0.2.1', '::FFFF:c000:201'], ['192.0.2.1', '192.0.2.1']],
  [
    'what is not an address as unknown',
    ['', 'localhost', '[::1]', '1.2.3', '192.0.2.1:80'],
    [undefined, undefined, undefined, undefined, undefined],
  ],
])('the limiter counts %s', (_what, addresses, networks) => {
  expect(addresses.map(parseNetwork)).toEqual(networks)
})

test('nothing is counted where the limits are 0', () => {
  expect(createLimiter({ anonymous: 0, known: 0 })).toBeUndefined()
})
