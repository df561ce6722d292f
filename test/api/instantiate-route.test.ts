import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApiUnderTest, openApiUnderTest } from './support/api-under-test.ts'
import {
  expectProblem,
  freshKey,
  post,
  publishTemplates,
  publishVersions,
  stored,
} from './support/writing.ts'

const PATH = '/api/templates/triage-issue/instantiate'
const GIVEN = { parameters: { repository: 'acme/shop', issue: 7 } }

let api: ApiUnderTest
let publisher: Record<string, string>
beforeAll(async () => {
  api = await openApiUnderTest()
  publisher = await api.token()
  await publishTemplates(api)
})
afterAll(() => api?.close())

const send = (body: unknown, headers: Record<string, string> = {}, path = PATH) =>
  post(api, path, body, { ...publisher, ...headers })

test('instantiate makes a plan that is locked to the live versions', async () => {
  const { status, json, headers } = await send(GIVEN)
  expect(status).toBe(201)
  expect(json).toMatchObject({
    planId: expect.any(String),
    createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
    replayed: false,
    template: { id: 'triage-issue', version: 1, digest: expect.stringMatching(/^[0-9a-f]{64}$/) },
    agents: [{ agentId: 'triager', version: 1 }],
  })
  expect(headers.get('cache-control')).toBe('private, no-store')
  const { data } = await api.ports.service
    .from('template_instantiations')
    .select('actor')
    .eq('plan_id', json.planId)
  expect(data).toEqual([{ actor: 'ada@example.com' }])
})

test('instantiate makes one plan for one key, however often it is called', async () => {
  const key = { 'idempotency-key': freshKey() }
  const answers = await Promise.all(Array.from({ length: 10 }, () => send(GIVEN, key)))
  expect(answers.map((answer) => answer.status).sort()).toEqual([...Array(9).fill(200), 201])
  expect(new Set(answers.map((answer) => answer.json.planId)).size).toBe(1)
  const later = await send(GIVEN, key)
  expect([later.status, later.json.replayed, later.json.planId]).toEqual([200, true, answers[0]!.json.planId])
  expectProblem(
    await send({ parameters: { ...GIVEN.parameters, issue: 8 } }, key),
    422,
    'IDEMPOTENCY_MISMATCH',
  )
})

test('instantiate stores nothing in a dry run', async () => {
  const before = await stored(api)
  const { status, json } = await send({ ...GIVEN, dryRun: true })
  expect([status, json.planId, json.template.id]).toEqual([200, undefined, 'triage-issue'])
  expect(await stored(api)).toEqual(before)
})

test.each([
  ['a missing one', { repository: 'a/b' }, 'issue'],
  ['one with a value of the wrong type', { repository: 'a/b', issue: 'seven' }, 'issue'],
  ['one that breaks its pattern', { repository: 'ab', issue: 7 }, 'repository'],
  ['an undeclared one', { ...GIVEN.parameters, surprise: 1 }, 'surprise'],
])('instantiate names an invalid parameter: %s', async (_, parameters, field) => {
  const before = await stored(api)
  const answer = await send({ parameters })
  expectProblem(answer, 422, 'FINDINGS')
  expect(answer.json.errors).toEqual([
    {
      field,
      message: expect.any(String),
      rule: expect.stringMatching(/^NOFX_/),
      severity: 'error',
      hint: expect.any(String),
    },
  ])
  expect(await stored(api)).toEqual(before)
})

test.each([
  ['a NUL', 'a/b\0'],
  ['half a character', 'a/\ud800'],
])('instantiate refuses text that the database cannot store: %s', async (_, repository) => {
  const before = await stored(api)
  const { status } = await send({ parameters: { repository, issue: 7 } })
  expect([400, 422]).toContain(status)
  expect(await stored(api)).toEqual(before)
})

test('instantiate refuses an agent, a missing template and an invalid key', async () => {
  const id = await publishVersions(api, 'active')
  expectProblem(await send({}, {}, `/api/agents/${id}/instantiate`), 404, 'NOT_FOUND')
  expectProblem(await send({}, {}, '/api/templates/nothing-here/instantiate'), 404, 'NOT_FOUND')
  expectProblem(await send(GIVEN, { 'idempotency-key': 'short' }), 400, 'BAD_REQUEST')
})
