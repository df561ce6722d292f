import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createPinnedSend } from '../../../src/cloud/hosted/send-pinned.ts'
import { createForwardHandler, type HandlerPorts } from '../../../src/edge/forward/handle.ts'
import type { TestDatabase } from '../../harness/database.ts'
import { createPgliteDatabase } from '../../harness/pglite.ts'
import { emptyOutbox, type OutboxUnderTest } from '../../sql/support/outbox-under-test.ts'
import { everythingStored } from '../../sql/support/registry-under-test.ts'
import { receive } from '../support/receiver.ts'
import { rpcOf } from '../support/rpc.ts'

let db: TestDatabase
let outbox: OutboxUnderTest
let lines: object[]
beforeAll(async () => {
  db = await createPgliteDatabase()
})
afterAll(() => db.drop())
beforeEach(async () => {
  outbox = await emptyOutbox(db)
  lines = []
})

const KEY = 'sb_secret_0123456789abcdefghij'
const JSON_BODY = { 'content-type': 'application/json', apikey: KEY }

function handler(more: Partial<HandlerPorts> = {}) {
  return createForwardHandler({
    rpc: rpcOf(db),
    send: createPinnedSend({ loopback: true }),
    loopback: true,
    secrets: [],
    budgetMs: 5_000,
    isTrusted: ({ headers }) => headers.get('apikey') === KEY,
    log: (line) => lines.push(line),
    ...more,
  })
}

async function ask(request: unknown, { headers = JSON_BODY, method = 'POST', ...more } = {}) {
  const body = typeof request === 'string' ? request : JSON.stringify(request)
  const init = { method, headers, ...(method === 'GET' ? {} : { body }) }
  const answer = await handler(more)(new Request('http://x.test/functions/v1/registry_events_forward', init))
  const { ok, result, error } = (await answer.json()) as { ok: boolean; result: never; error: never }
  return { status: answer.status, ok, result, error } as {
    status: number
    ok: boolean
    result: Record<string, unknown>
    error: Record<string, unknown>
  }
}

const add = (more: object = {}) =>
  ask({ action: 'add', url: 'https://example.com/hook', actor: 'ann', ...more })

test.each([
  ['no key', { headers: { 'content-type': 'application/json' } as never }, '{}', 401, 'REMOTE_DENIED'],
  ['a GET', { method: 'GET' }, '', 405, 'REFUSED'],
  ['a form', { headers: { ...JSON_BODY, 'content-type': 'text/plain' } }, '{}', 415, 'REFUSED'],
  ['a truncated JSON text', {}, '{"action":', 400, 'REFUSED'],
  ['no action', {}, '{}', 400, 'REFUSED'],
  ['another action', {}, '{"action":"drop"}', 400, 'REFUSED'],
  ['a field too many', {}, '{"action":"list","all":true}', 400, 'REFUSED'],
  ['an id that is not a text', {}, '{"action":"test","id":7}', 400, 'REFUSED'],
  ['an unknown id', {}, '{"action":"test","id":"wh_none"}', 404, 'NOT_FOUND'],
  ['a long text', {}, JSON.stringify({ action: 'list', more: 'x'.repeat(64_000) }), 413, 'REFUSED'],
])('the function refuses %s, and stores nothing', async (_what, init, body, status, code) => {
  const before = await everythingStored(db.query)
  const answer = await ask(body, init)
  expect(answer).toMatchObject({ status, ok: false, error: { code, hint: expect.stringMatching(/./) } })
  expect(await everythingStored(db.query)).toBe(before)
  expect(lines).toMatchObject([{ event: 'registry_forward', status, code }])
})

test.each([
  ['http://example.com/', 'NOFX_WEBHOOK_URL_SCHEME'],
  ['https://127.0.0.1/', 'NOFX_WEBHOOK_URL_LOOPBACK'],
  ['https://10.0.0.7/', 'NOFX_WEBHOOK_URL_PRIVATE'],
  ['nowhere', 'NOFX_WEBHOOK_URL_INVALID'],
])('the function refuses to add %s, and names the rule that it breaks', async (url, rule) => {
  const answer = await ask({ action: 'add', url, actor: 'ann' }, { loopback: false } as object)
  expect(answer).toMatchObject({ status: 422, error: { code: 'REFUSED', detail: { rule } } })
  expect(answer.error.message).toMatch(new RegExp(`^${rule} `))
  expect((await ask({ action: 'list' })).result).toEqual([])
})

test('the function shows a secret once, and never in a list or a log line', async () => {
  const { result } = await add({ kinds: ['agents'], types: ['agent.updated'] })
  expect(result).toMatchObject({ secret: expect.stringMatching(/^whsec_/), cursor: expect.any(Number) })
  const list = await ask({ action: 'list' })
  expect(list.result).toMatchObject([
    {
      id: result.id,
      url: 'https://example.com/hook',
      kinds: ['agents'],
      types: ['agent.updated'],
      createdBy: 'ann',
    },
  ])
  expect(JSON.stringify([list, lines])).not.toContain('whsec')
  expect((await add()).error).toMatchObject({
    code: 'CONFLICT',
    hint: `remove the webhook first: nofx webhooks remove ${result.id}`,
  })
  expect((await ask({ action: 'remove', id: result.id })).result).toMatchObject({ id: result.id })
})

test('the function stores no secret of a deployment, and sends it drafts too', async () => {
  const { result } = await add({ deployment: true })
  expect(result.secret).toMatch(/^whsec_/)
  expect(await outbox.call('registry_webhook_target', result.id)).toMatchObject({ secret: null })
  expect((await ask({ action: 'list' })).result).toMatchObject([{ deployment: true, audience: 'publisher' }])
})

test('the function rotates a secret: it shows the new one once, and both are valid for a day', async () => {
  const receiver = await receive()
  const { id, secret: old } = (await add({ url: receiver.url })).result as { id: string; secret: string }
  const { result } = await ask({ action: 'rotate', id })
  expect(result).toEqual({
    id,
    secret: expect.stringMatching(/^whsec_/),
    oldSecretUntil: expect.any(String),
  })
  expect(result.secret).not.toBe(old)
  await outbox.publishSome()
  await ask({ action: 'test', id })
  await ask({ action: 'forward' })
  expect(receiver.got).toHaveLength(2)
  for (const { headers, body } of receiver.got)
    for (const secret of [old, String(result.secret)]) new Webhook(secret).verify(body, headers)
  expect(JSON.stringify([await ask({ action: 'list' }), lines])).not.toContain('whsec')
})

test('the function tests a webhook with a signed ping, and changes nothing', async () => {
  const receiver = await receive((outgoing) => outgoing.writeHead(receiver.got.length > 1 ? 500 : 204).end())
  const { result } = await add({ url: receiver.url })
  await outbox.publishSome()
  const { id, secret } = result as { id: string; secret: string }
  expect((await ask({ action: 'test', id })).result).toEqual({ status: 204, ms: expect.any(Number) })
  const [{ headers, body }] = receiver.got as [(typeof receiver.got)[number]]
  expect(new Webhook(secret).verify(body, headers)).toMatchObject({
    type: 'registry.ping',
    data: { webhook: id },
  })
  expect((await ask({ action: 'test', id })).result).toMatchObject({ status: 500, error: 'it answered 500' })
  expect(await outbox.one(id)).toMatchObject({ lag: 1, attempts: 0 })
})

test('the function delivers what is due, and logs nothing when nothing is due', async () => {
  const receiver = await receive()
  await add({ url: receiver.url })
  await outbox.publishSome()
  expect((await ask({ action: 'forward' })).result).toMatchObject({ delivered: 1 })
  expect(lines.map((line) => (line as { event: string }).event)).toEqual([
    'registry_forward',
    'registry_delivery',
    'registry_forward',
  ])
  lines = []
  expect((await ask({ action: 'forward' })).result).toEqual({ delivered: 0, failed: 0, dead: 0, disabled: 0 })
  expect(lines).toEqual([])
})

test('the function answers 500 when the database is unreachable, without details', async () => {
  const rpc = () => Promise.reject(new Error('connect ECONNREFUSED 10.1.2.3:5432 password=hunter2'))
  const answer = await ask({ action: 'forward' }, { rpc } as object)
  expect(answer).toMatchObject({ status: 500, error: { code: 'REMOTE_FAILED' } })
  expect(JSON.stringify(answer)).not.toMatch(/hunter2|10\.1\.2\.3/)
})
