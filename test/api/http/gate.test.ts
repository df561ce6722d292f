import { describe, expect, test } from 'vitest'
import { middleware } from '../../../src/api/functions/middleware.ts'
import { gate } from '../../../src/api/http/gate.ts'
import { problem } from '../../../src/api/reads/shapes.ts'
import { MAX_BODY } from '../../../src/contract/source.ts'

type Sent = [path: string, init: RequestInit | undefined]
const at = (path: string, init?: RequestInit) => new Request(`https://registry.test${path}`, init)
const SEE = 'see /api/openapi.json'

test.each<Sent>([
  ['/api/agents', undefined],
  ['/api/agents/steady?search=%2e%2e%2f//', undefined],
  [`/api/agents/${'a'.repeat(400)}`, undefined],
  ['/api/agents/validate', { method: 'POST', body: '{}' }],
  ['/api/agents', { method: 'HEAD' }],
  ['/api/agents', { method: 'OPTIONS' }],
  ['/v0.1/servers/io.github.owner%2Fname/versions', undefined],
  ['/api/mcp-registry/v0/v0.1/servers/io.github.owner%2fname/versions/1.0.0', undefined],
  ...['PUT', 'PATCH', 'DELETE'].map((method): Sent => ['/v0/servers/a%2Fb/versions/1.0.0', { method }]),
])('the gate lets %s pass', (path, init) => {
  expect(gate(at(path, init))).toBeUndefined()
})

describe('the gate refuses, before any function runs,', () => {
  test.each([
    ...['..%2f..%2fetc%2fpasswd', 'a%5cb', 'a%00', '/x', '%', '%zz', '%2E%2e%2f', 'x%2F'].map(
      (id) => [`/api/agents/${id}`, {}, 404, 'NOT_FOUND', 'this path does not exist', SEE] as const,
    ),
    ...[
      '..%2f..',
      'a%2fb%2fc',
      'a%2f',
      '%2fb',
      'a%2f%00',
      'a%00%2fb',
      'a%5cb',
      'a%2f%2fb',
      'a/b%2fc',
      'a%2fb//',
    ].map(
      (name) =>
        [`/v0.1/servers/${name}/versions`, {}, 404, 'NOT_FOUND', 'this path does not exist', SEE] as const,
    ),
    [
      `/api/${'a'.repeat(600)}`,
      {},
      414,
      'PATH_TOO_LONG',
      'the path is longer than 512 characters',
      SEE,
    ] as const,
    ...['PUT', 'DELETE', 'PATCH', 'PROPFIND'].map(
      (method) =>
        [
          '/api/agents',
          { method },
          405,
          'METHOD_NOT_ALLOWED',
          `${method} is not allowed here`,
          'allowed: GET, HEAD, POST, OPTIONS',
        ] as const,
    ),
    [
      '/api/agents/validate',
      { method: 'POST', headers: { 'content-length': String(MAX_BODY + 1) } },
      413,
      'BODY_TOO_LARGE',
      'the body is larger than 1000000 bytes',
      'send less',
    ] as const,
  ])('%s', async (path, init, status, code, detail, hint) => {
    for (const answer of [gate(at(path, init)), await middleware(at(path, init))]) {
      expect(answer?.status).toBe(status)
      const body = problem.parse(await answer?.json())
      expect(body).toMatchObject({ status, code, detail, hint })
      expect(answer?.headers.get('cache-control')).toBe('no-store')
      expect(answer?.headers.get('x-request-id')).toBe(body.instance)
    }
  })
})

test('the middleware passes a request on with an id', async () => {
  const handed = async (headers?: Record<string, string>) =>
    (await middleware(at('/api/agents', { headers }))).headers
  expect((await handed()).get('x-middleware-next')).toBe('1')
  expect((await handed()).get('x-middleware-request-x-request-id')).toMatch(/^[\w-]{36}$/)
  expect((await handed({ 'x-request-id': 'mine-is-this' })).get('x-middleware-request-x-request-id')).toBe(
    'mine-is-this',
  )
  expect((await handed({ 'x-request-id': 'no good' })).get('x-middleware-request-x-request-id')).not.toBe(
    'no good',
  )
})
