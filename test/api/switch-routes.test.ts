import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApiUnderTest, openApiUnderTest } from './support/api-under-test.ts'
import {
  expectProblem,
  freshKey,
  post,
  publishNext,
  publishTemplates,
  publishVersions,
  stored,
} from './support/writing.ts'

let api: ApiUnderTest
let publisher: Record<string, string>
beforeAll(async () => {
  api = await openApiUnderTest()
  publisher = await api.token()
})
afterAll(() => api?.close())

const turn = (
  id: string,
  way: 'disable' | 'enable',
  headers: Record<string, string> = {},
  reason = 'harmful',
) => post(api, `/api/agents/${id}/${way}`, { reason }, { ...publisher, ...headers })
const seen = async (id: string) => (await api.get(`/api/agents/${id}`)).status

test('readers get 404 while a definition is disabled, and the newest content when it is enabled', async () => {
  const id = await publishVersions(api, 'active', 'active')
  const etag = (await api.get(`/api/agents/${id}`, publisher)).headers.get('etag') ?? ''
  expect(await turn(id, 'disable', { 'if-match': etag })).toMatchObject({
    status: 200,
    json: { replayed: false, outcomes: [{ kind: 'agents', id, outcome: 'disabled', version: 3 }] },
  })
  expect(await seen(id)).toBe(404)
  const shown = async () => (await api.get(`/api/agents/${id}`, publisher)).json
  expect(await shown()).toMatchObject({ status: 'disabled', version: 3, live: false, liveSince: null })
  expectProblem(await turn(id, 'enable', { 'if-match': etag }), 412, 'PRECONDITION_FAILED')
  await publishNext(api, id, 3, 'active')
  expect(await seen(id)).toBe(404)
  expect((await turn(id, 'enable')).json).toMatchObject({ outcomes: [{ outcome: 'enabled', version: 5 }] })
  expect(await seen(id)).toBe(200)
  expect(await shown()).toMatchObject({ status: 'active', live: true, liveSince: expect.any(String) })
  const [latest, , disabled] = await api.ports.registry.history('agents', id)
  expect([latest, disabled]).toMatchObject([
    { origin: 'enable', state: 'active', actor: 'ada@example.com' },
    { origin: 'disable', state: 'disabled', reason: 'harmful', actor: 'ada@example.com' },
  ])
  const page = await api.ports.registry.events(0, 1000)
  const own = page.events
    .filter((event) => event.id === id)
    .map(({ type, digest }) => [type, digest === null])
  expect(own.slice(-3)).toEqual([
    ['agent.removed', true],
    ['agent.updated', false],
    ['agent.added', false],
  ])
})

test('an idempotency key has one effect, and a second call changes nothing', async () => {
  const id = await publishVersions(api, 'active')
  const key = { 'idempotency-key': freshKey() }
  const first = await turn(id, 'disable', key)
  expect((await turn(id, 'disable', key)).json).toEqual({ ...first.json, replayed: true })
  const before = await stored(api)
  expect((await turn(id, 'disable')).json).toMatchObject({ outcomes: [{ outcome: 'unchanged', version: 2 }] })
  expectProblem(await turn(id, 'enable', key), 422, 'IDEMPOTENCY_MISMATCH')
  expect((await turn(id, 'disable', {}, '')).status).toBe(400)
  expectProblem(await turn('nothing-here', 'disable'), 404, 'NOT_FOUND')
  expect(await stored(api)).toEqual(before)
})

test('a template whose agent is disabled is enabled with force alone', async () => {
  await publishTemplates(api)
  const turnOf = (name: string, way: string, force?: boolean) =>
    post(api, `/api/${name}/${way}`, { reason: 'why', ...(force === undefined ? {} : { force }) }, publisher)
  const [template] = (await api.get('/api/templates')).json.items
  const { refs } = (await api.ports.registry.heads('templates'))
    .map(({ id, references }) => ({ id, refs: references }))
    .find(({ id }) => id === template.id) ?? { refs: [] }
  const agent = refs.find(({ kind }) => kind === 'agents')
  for (const name of [`templates/${template.id}`, `agents/${agent?.id}`])
    expect((await turnOf(name, 'disable')).status).toBe(200)
  expectProblem(await turnOf(`templates/${template.id}`, 'enable'), 422, 'REFUSED')
  expectProblem(await turnOf(`templates/${template.id}`, 'enable', false), 422, 'REFUSED')
  expect((await turnOf(`templates/${template.id}`, 'enable', true)).status).toBe(200)
})
