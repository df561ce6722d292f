import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ApiUnderTest, openApiUnderTest } from './support/api-under-test.ts'
import { expectProblem, post, publishTemplates, publishVersions, stored } from './support/writing.ts'

let api: ApiUnderTest
let id: string
beforeAll(async () => {
  api = await openApiUnderTest()
  await publishTemplates(api)
  id = await publishVersions(api, 'active', 'active', 'draft')
})
afterAll(() => api?.close())

const GOOD: Record<string, { path: () => string; body: object }> = {
  rollback: { path: () => `/api/agents/${id}/rollback`, body: { targetVersion: 1, reason: 'x' } },
  disable: { path: () => `/api/agents/${id}/disable`, body: { reason: 'x' } },
  enable: { path: () => `/api/agents/${id}/enable`, body: { reason: 'x' } },
  promote: { path: () => `/api/agents/${id}/promote`, body: {} },
  instantiate: {
    path: () => '/api/templates/triage-issue/instantiate',
    body: { parameters: { repository: 'a/b', issue: 1 } },
  },
}

/** Sends what must be refused and change nothing. */
async function refused(
  path: string,
  body: unknown,
  headers: Record<string, string>,
  status: number,
  code: string,
) {
  const before = await stored(api)
  expectProblem(await post(api, path, body, headers), status, code)
  expect(await stored(api)).toEqual(before)
}

describe.each(Object.entries(GOOD))('to %s', (action, { path, body }) => {
  test.each([
    ['without credentials', async () => ({}), 401, 'REMOTE_DENIED'],
    ['with the publishable key', async () => ({ apikey: api.cloud.keys.publishable }), 401, 'REMOTE_DENIED'],
    ['with a wrong secret key', async () => ({ apikey: 'sb_secret_nonsense' }), 401, 'REMOTE_DENIED'],
    ['as a reader', () => api.token({ role: 'reader' }), 403, 'REMOTE_DENIED'],
    ['with an expired token', () => api.token({ expires: '-1h' }), 401, 'REMOTE_DENIED'],
    ['with a forged token', () => api.token({ secret: 'x'.repeat(40) }), 401, 'REMOTE_DENIED'],
  ])('a request %s is refused', async (_, credentials, status, code) => {
    await refused(path(), body, await credentials(), status, code)
  })

  test.each([
    ['a form', 'a=b', { 'content-type': 'application/x-www-form-urlencoded' }, 415, 'CONTENT_TYPE'],
    ['no content type', '{}', { 'content-type': '' }, 415, 'CONTENT_TYPE'],
    ['broken JSON', '{"reason": ', {}, 400, 'BAD_REQUEST'],
    ['nothing', '', {}, 400, 'BAD_REQUEST'],
    ['a list', '[]', {}, 400, 'BAD_REQUEST'],
    ['an unknown field', '{"surprise": 1}', {}, 400, 'BAD_REQUEST'],
    ['a body that is too large', `{"reason": "${'x'.repeat(1_000_000)}"}`, {}, 413, 'BODY_TOO_LARGE'],
  ])('a request with %s is refused', async (_, sent, headers, status, code) => {
    await refused(path(), sent, { ...(await api.token()), ...headers }, status, code)
  })

  test.each(['..%2f..', 'A', 'a--b', '%00', "x'or'1", 'x'.repeat(65), 'id=eq.x', '%F0%9F%98%80', '-'])(
    'a request about the id %s is refused as not found',
    async (odd) => {
      const kind = action === 'instantiate' ? 'templates' : 'agents'
      await refused(`/api/${kind}/${odd}/${action}`, body, await api.token(), 404, 'NOT_FOUND')
    },
  )

  test('a request about an unknown kind, or with a query, is refused', async () => {
    await refused(`/api/robots/x1/${action}`, body, await api.token(), 404, 'NOT_FOUND')
    await refused(`${path()}?force=1`, body, await api.token(), 400, 'BAD_REQUEST')
  })

  test('a GET is not allowed', async () => {
    const { status, headers } = await api.get(path())
    expect([status, headers.get('allow')]).toEqual([405, expect.stringContaining('POST')])
  })
})

describe('to rollback', () => {
  test.each([
    ['no reason', { targetVersion: 1 }, 400],
    ['a force that is text', { targetVersion: 1, reason: 'x', force: 'yes' }, 400],
    ['an empty reason', { targetVersion: 1, reason: '' }, 400],
    ['a blank reason', { targetVersion: 1, reason: '  ' }, 422],
    ['a reason that the database cannot store', { targetVersion: 1, reason: 'a\0b' }, 400],
    ['half of a surrogate pair', '{"targetVersion": 1, "reason": "a\\ud800b"}', 400],
    ['a long reason', { targetVersion: 1, reason: 'x'.repeat(2001) }, 400],
    ['version 0', { targetVersion: 0, reason: 'x' }, 400],
    ['a version as text', { targetVersion: '1', reason: 'x' }, 400],
    ['a huge version', { targetVersion: 2 ** 31, reason: 'x' }, 400],
    ['a version to come', { targetVersion: 99, reason: 'x' }, 404],
    ['the version that is live', { targetVersion: 2, reason: 'x' }, 422],
    ['a draft', { targetVersion: 3, reason: 'x' }, 422],
  ])('a rollback with %s is refused', async (_, body, status) => {
    const codes: Record<number, string> = { 400: 'BAD_REQUEST', 404: 'NOT_FOUND', 422: 'REFUSED' }
    await refused(`/api/agents/${id}/rollback`, body, await api.token(), status, codes[status]!)
  })
})
