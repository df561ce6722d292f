import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DISCOVERY } from '../../src/api/discovery/routes.ts'
import { createLimiter } from '../../src/api/http/limiter.ts'
import { problem } from '../../src/api/reads/shapes.ts'
import type { Route } from '../../src/api/route.ts'
import { ROUTES } from '../../src/api/routes/routes.ts'
import type { Query } from '../harness/database.ts'
import { everythingStored } from '../sql/support/registry-under-test.ts'
import { type ApiUnderTest, openApiUnderTest } from './support/api-under-test.ts'
import { raisePreview } from './support/preview.ts'
import { expectProblem } from './support/writing.ts'

let api: ApiUnderTest
let publisher: Record<string, string>
let before: string
const query: Query = (text, values) => api.query(text, values)
const service = () => api.ports.service

beforeAll(async () => {
  api = await openApiUnderTest({ limiter: createLimiter({ anonymous: 100_000, known: 100_000 }) })
  publisher = await api.token()
  for (const name of ['there', 'expired', 'closing']) await raisePreview(api, name)
  await query(
    "update public.registry_previews set expires_at = now() - interval '1 hour' where name = 'expired'",
  )
  await service().rpc('registry_preview_close', { p_name: 'closing' })
  before = await everythingStored(query)
})
afterAll(async () => {
  expect(await everythingStored(query)).toBe(before)
  await api?.close()
})

/** A request to a route, in an environment. The environment is checked before anything else of the request. */
function ask({ method, path }: Route, env: string, headers: Record<string, string> = {}) {
  const kind = path.endsWith('instantiate') ? 'templates' : 'agents'
  const id = path.startsWith('/api/reports') ? 'abcdef' : 'steady'
  const planId = '11111111-1111-4111-8111-111111111111'
  const name = path.includes('/servers/') ? 'io.github.acme%2Fbooks' : id
  const archive = path.startsWith('/api/marketplaces') ? '1.zip' : `${id}.tar.gz`
  const names: Record<string, string> = {
    kind,
    id,
    planId,
    runId: '0123456789ab',
    version: '1',
    name,
    archive,
  }
  const url = path.replace(/:(\w+)/g, (_, name: string) => names[name] ?? name)
  const body = method === 'POST' ? '{}' : undefined
  return api.send(url + env, { method, body, headers: { 'content-type': 'application/json', ...headers } })
}

const isInPreviews = ({ previews }: Route) => previews !== false
const INSIDE = ROUTES.filter(isInPreviews).map((route): [string, Route] => [route.name, route])
const OUTSIDE = ROUTES.filter((route) => !isInPreviews(route)).map((route): [string, Route] => [
  route.name,
  route,
])

test('only routes that do not read definitions, or speak a protocol without previews, accept no preview', () => {
  expect(OUTSIDE.map(([name]) => name)).toEqual([
    'showHealth',
    'showOpenapi',
    'callMcp',
    'refuseMcpStream',
    'showMcpResource',
    ...DISCOVERY.map(({ name }) => name),
    'showSession',
    'startSignIn',
    'finishSignIn',
    'refreshSession',
    'endSession',
    'signInByCode',
    'createSignInCode',
    'signInByPassword',
    'listRules',
    'receiveDeliveries',
    'listPreviews',
    'showPreview',
    'listWebhooks',
    'testWebhook',
    'listRuns',
    'showRun',
    'showSchema',
  ])
})

describe.each(INSIDE)('%s', (_name, route) => {
  test.each([
    ['the query', '?env=there', {}],
    ['the header', '', { 'x-nofx-env': 'there' }],
  ])('only publishers get an answer about a preview that %s names', async (_by, env, named) => {
    const { publishable } = api.cloud.keys
    const none = { apikey: publishable, authorization: `Bearer ${publishable}` }
    const shown: Record<string, string>[] = [{}, { apikey: publishable }, none, { 'if-none-match': '*' }]
    for (const headers of shown) {
      const answer = await ask(route, env, { ...named, ...headers })
      expectProblem(answer, 401, 'REMOTE_DENIED')
      expect(answer.headers.get('www-authenticate')).toBe('Bearer')
    }
    const reader = await api.token({ role: 'reader' })
    expectProblem(await ask(route, env, { ...named, ...reader }), 403, 'REMOTE_DENIED')
    const forged = await api.token({ secret: 'x'.repeat(40) })
    expectProblem(await ask(route, env, { ...named, ...forged }), 401, 'REMOTE_DENIED')
  })

  test('an invalid preview name is refused', async () => {
    const answer = await ask(route, '?env=PR-1', publisher)
    expectProblem(answer, 400, 'BAD_REQUEST')
    expect(problem.safeParse(answer.json).success).toBe(true)
    expect(answer.json.errors).toEqual([
      { field: 'env', message: 'is not a valid preview name', rule: 'NOFX_PREVIEW_NAME' },
    ])
  })

  test('two preview names are refused', async () => {
    for (const [env, header] of [
      ['?env=there', 'other'],
      ['?env=there&env=other', 'there'],
    ] as const) {
      const answer = await ask(route, env, { ...publisher, 'x-nofx-env': header })
      expectProblem(answer, 400, 'BAD_REQUEST')
      expect(answer.json.detail).toBe('the request names two environments')
    }
  })

  test.each(['gone', 'public', 'expired', 'closing'])(
    'a preview that is %s is answered with 404',
    async (name) => {
      for (const headers of [publisher, { apikey: api.cloud.keys.secret }]) {
        const answer = await ask(route, `?env=${name}`, { ...headers, 'if-none-match': '*' })
        expectProblem(answer, 404, 'NOT_FOUND')
        expect(answer.json).toMatchObject({
          detail: `the preview "${name}" does not exist or has expired`,
          hint: 'see: nofx preview list',
        })
      }
    },
  )
})

test.each(['', 'a_b', '-a', 'a-', 'x'.repeat(41), 'a%00', "a'--", 'a%2Fb', '..', '*', 'a&env=A'])(
  '"%s" is not a valid preview name',
  async (name) => {
    expectProblem(await api.get(`/api/agents?env=${name}`, publisher), 400, 'BAD_REQUEST')
  },
)

test.each(OUTSIDE)('%s accepts no environment', async (_name, route) => {
  const answer = await ask(route, '?env=there', publisher)
  expect([answer.status, answer.json.detail]).toEqual([400, 'the parameter "env" is unknown'])
})

test('the log names the preview of a request, and holds no key', async () => {
  const { secret, jwtSecret } = api.cloud.keys
  api.lines.length = 0
  await api.get('/api/agents?env=there', { apikey: secret })
  const answers = [
    await api.get(`/api/agents?env=${secret}`, publisher),
    await api.get('/api/agents', { ...publisher, 'x-nofx-env': jwtSecret }),
  ]
  expect(api.lines.map(({ env, status }) => [env, status])).toEqual([
    ['there', 200],
    [undefined, 400],
    [undefined, 400],
  ])
  const told = JSON.stringify([api.lines, answers])
  for (const key of [secret, jwtSecret, publisher.authorization!.slice(7)]) expect(told).not.toContain(key)
})
