import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { problem } from '../../src/api/reads/shapes.ts'
import { MAX_BODY } from '../../src/contract/source.ts'
import type { Query } from '../harness/database.ts'
import { everythingStored } from '../sql/support/registry-under-test.ts'
import { type ApiUnderTest, openApiUnderTest } from './support/api-under-test.ts'
import { fillRegistry } from './support/filled-registry.ts'
import {
  BODIES,
  CURSORS,
  JSON_BODY,
  METHODS,
  PATHS,
  post,
  QUERIES,
  SEND_JSON,
} from './support/refusal-cases.ts'

let api: ApiUnderTest
let before: string
const query: Query = (text, values) => api.query(text, values)
const stored = () => everythingStored(query)

beforeAll(async () => {
  api = await openApiUnderTest()
  await fillRegistry(api)
  before = await stored()
})
afterAll(async () => {
  expect(await stored()).toBe(before)
  await api?.close()
})

describe.each([
  ['a path', PATHS],
  ['a query', QUERIES],
  ['a cursor', CURSORS],
  ['a body', BODIES],
  ['a method', METHODS],
])('%s that is wrong', (_what, cases) => {
  test.each(cases)('the request is refused: %s', async (path, init, status, code, detail, hint) => {
    const answer = await api.send(path, init)
    expect(answer.json).toMatchObject({ status, code, detail, hint })
    expect(answer.status).toBe(status)
    expect(problem.safeParse(answer.json).error?.issues ?? []).toEqual([])
    expect(answer.json.type).toBe(`urn:nofx:problem:${code.toLowerCase().replaceAll('_', '-')}`)
    expect(answer.json.instance).toBe(answer.headers.get('x-request-id'))
    expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8')
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(answer.headers.get('allow')).toBe(status === 405 ? hint.slice('allowed: '.length) : null)
  })
})

test.each(['{"a":', '', '{\n  "a": 1,\n}', "{'a': 1}", '\uFEFF{}'])(
  '%j is refused as invalid JSON',
  async (body) => {
    const { status, json } = await api.send('/api/agents/validate', post(body))
    expect([status, json.code, json.hint]).toEqual([400, 'BAD_REQUEST', SEND_JSON])
    expect(json.detail).toMatch(/^the body is not JSON(: line \d+, column \d+)?$/)
  },
)

test('a body is read no further than to the limit, whatever its declared length', async () => {
  let sent = 0
  const endless = new ReadableStream({
    pull(controller) {
      sent += 100_000
      controller.enqueue(new Uint8Array(100_000).fill(32))
    },
  })
  const init = { method: 'POST', headers: JSON_BODY, body: endless, duplex: 'half' } as RequestInit
  expect((await api.send('/api/agents/validate', init)).status).toBe(413)
  expect(sent).toBeLessThan(2 * MAX_BODY)
})

describe('credentials', () => {
  const NAMES = ['/api/agents', '/api/agents/steady', '/api/releases']
  test.each(NAMES)('invalid credentials are refused at %s without being quoted', async (path) => {
    const { publishable } = api.cloud.keys
    const forged = await api.token({ secret: 'x'.repeat(40) })
    const expired = await api.token({ expires: '-1h' })
    const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.e30.`
    const wrong = [
      forged,
      expired,
      { authorization: `Bearer ${none}` },
      { authorization: 'Basic YTpi' },
      { authorization: 'Bearer two words' },
      { apikey: `sb_secret_${'x'.repeat(32)}` },
    ]
    for (const headers of wrong) {
      const { status, json, text, headers: answered } = await api.get(path, headers as Record<string, string>)
      expect([status, json.code, json.status]).toEqual([401, 'REMOTE_DENIED', 401])
      expect(answered.get('www-authenticate')).toBe('Bearer')
      expect(answered.get('cache-control')).toBe('no-store')
      for (const value of Object.values(headers)) expect(text).not.toContain(value.split(' ').at(-1))
    }
    const anonymous = await api.get(path, { apikey: publishable })
    expect(anonymous.status).toBe(path === '/api/releases' ? 401 : 200)
  })

  test('credentials of a user who is not a publisher are refused where publishers are required', async () => {
    const { status, json } = await api.get('/api/releases', await api.token({ role: 'reader' }))
    expect([status, json.code]).toEqual([403, 'REMOTE_DENIED'])
  })
})

test('every log line has its request’s id, and none holds a key', async () => {
  const { secret, jwtSecret } = api.cloud.keys
  const token = await api.token()
  await api.get('/api/releases', { ...token, 'x-request-id': 'my-request_1' })
  await api.get('/api/agents', { apikey: secret })
  const line = api.lines.find(({ id }) => id === 'my-request_1')
  expect(line).toMatchObject({
    event: 'api',
    method: 'GET',
    path: '/api/releases',
    route: 'listReleases',
    status: 200,
  })
  const log = JSON.stringify(api.lines)
  for (const key of [secret, jwtSecret, token.authorization!.slice(7)]) expect(log).not.toContain(key)
  expect(api.lines.filter(({ event, id }) => event === 'api' && !id)).toEqual([])
})
