import { expect, test } from 'vitest'
import { requestJson, requestLine, shownTarget } from '../../src/dev/request-line.ts'

const SECRET = 'sb_secret_abcdefghijklmnopqrstuvwxyz'

test('a request is logged as one line', () => {
  const line = requestLine({ method: 'GET', target: '/api/agents', status: 200, ms: 3.6, bytes: 512 })
  expect(line).toMatch(/^\d\d:\d\d:\d\d GET \/api\/agents 200 4 ms 512 B$/)
})

test('a request is logged as JSON for machines, without credentials', () => {
  const answered = {
    method: 'GET',
    target: '/rest/v1/x?apikey=hunter2',
    status: undefined,
    ms: 3.6,
    bytes: 512,
  }
  expect(JSON.parse(requestJson(answered, new Date('2026-11-29T12:00:00Z')))).toEqual({
    event: 'request',
    at: '2026-11-29T12:00:00.000Z',
    method: 'GET',
    target: '/rest/v1/x?apikey=…',
    status: null,
    ms: 4,
    bytes: 512,
  })
})

test('a disconnected client has another log line than an answered one', () => {
  const line = requestLine({ method: 'POST', target: '/', status: undefined, ms: 1, bytes: 0 })
  expect(line).toMatch(/ POST \/ gone 1 ms 0 B$/)
})

test.each([
  ['/rest/v1/agent_registry?select=agent_id&limit=5', '/rest/v1/agent_registry?select=agent_id&limit=5'],
  [
    '/storage/v1/object/sign/registry/a.tar.gz?token=abc.def',
    '/storage/v1/object/sign/registry/a.tar.gz?token=…',
  ],
  [`/rest/v1/x?apikey=${SECRET}&select=*`, '/rest/v1/x?apikey=…&select=*'],
  ['/auth/v1/verify?type=signup&access_token=hunter2', '/auth/v1/verify?type=signup&access_token=…'],
  ['/x?%74oken=hunter2', '/x?%74oken=…'],
  ['/x?%zz=1&TOKEN=hunter2', '/x?%zz=1&TOKEN=…'],
  [`/x?note=${SECRET}`, '/x?note=sb_secret_…'],
  [`/x/${SECRET}/y`, '/x/sb_secret_…/y'],
  ['/x?a=eyJhbGciOi.eyJyb2xlIjo.c2lnbmF0dXJl', '/x?a=eyJ…'],
  ['/x?token', '/x?token'],
])('no log line holds a credential: %s', (target, shown) => {
  expect(shownTarget(target)).toBe(shown)
})
