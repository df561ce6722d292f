import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ApiUnderTest, openApiUnderTest } from './support/api-under-test.ts'
import { fillRegistry } from './support/filled-registry.ts'

let api: ApiUnderTest
beforeAll(async () => {
  api = await openApiUnderTest()
  await fillRegistry(api)
})
afterAll(() => api?.close())

const FAULTS: [what: string, fault: () => Response | Promise<Response>][] = [
  ['cannot be reached', () => Promise.reject(new Error('connect ECONNREFUSED 10.1.2.3:5432'))],
  [
    'answers with an error',
    () => Response.json({ message: 'secret detail', code: 'XX000' }, { status: 500 }),
  ],
  ['is behind a failing proxy', () => new Response('<html>secret detail</html>', { status: 502 })],
  ['is not a registry', () => Response.json({ hello: 'world' })],
  ['refuses the API’s key', () => Response.json({ message: 'Invalid API key' }, { status: 401 })],
]

describe.each(FAULTS)('a database that %s', (_what, fault) => {
  test.each([
    '/api/agents',
    '/api/agents/steady',
    '/api/agents/steady/versions',
    '/api/agents/steady/versions/1',
    '/api/agents/steady/bundle',
    '/api/agents/steady/diff?from=1&to=2',
    '/api/releases',
  ])('the request for %s is answered with 503 and without details', async (path) => {
    const headers = path === '/api/releases' ? { apikey: api.cloud.keys.secret } : undefined
    api.fault = fault
    api.lines.length = 0
    const answer = await api.get(path, headers)
    api.fault = undefined
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5'])
    expect(answer.json).toMatchObject({
      detail: 'the registry cannot be reached',
      hint: 'try again in a few seconds',
    })
    expect(answer.text).not.toMatch(/secret detail|10\.1\.2\.3|ECONN|\bat \//)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    // The reason is in the log, under the id in the answer.
    expect(api.lines).toEqual([
      expect.objectContaining({ status: 503, id: answer.json.instance, cause: expect.any(String) }),
    ])
  })

  test('the health check reports the outage', async () => {
    api.fault = fault
    const { status, json, headers } = await api.get('/api/health')
    api.fault = undefined
    expect([status, headers.get('retry-after'), headers.get('cache-control')]).toEqual([503, '5', 'no-store'])
    expect(json).toMatchObject({ status: 'failed', checks: { database: { ok: false } } })
  })
})

test('a bug is answered without details, and logged with the request’s id', async () => {
  api.fault = () => {
    // Not a response at all: supabase-js cannot handle it.
    return undefined as unknown as Response
  }
  const { status, json } = await api.get('/api/agents/steady')
  api.fault = undefined
  expect(status).toBeGreaterThanOrEqual(500)
  expect(JSON.stringify(json)).not.toMatch(/undefined|at \w+/)
})
