import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApi } from '../../src/api/app.ts'
import { ringDeployHook } from '../../src/cloud/hosted/deploy-hook.ts'
import { receive } from '../edge/support/receiver.ts'
import { type ApiUnderTest, ORIGIN, openApiUnderTest } from './support/api-under-test.ts'
import { expectProblem, freshKey, post, publishNext, publishVersions, stored } from './support/writing.ts'

let api: ApiUnderTest
let publisher: Record<string, string>
beforeAll(async () => {
  api = await openApiUnderTest()
  publisher = await api.token()
})
afterAll(() => api?.close())

const TO_1 = { targetVersion: 1, reason: 'it loops' }
const tagOf = async (id: string) => (await api.get(`/api/agents/${id}`, publisher)).headers.get('etag')!
const shown = async (id: string) => (await api.get(`/api/agents/${id}`, publisher)).json
const rollback = (id: string, headers: Record<string, string> = {}, body: unknown = TO_1) =>
  post(api, `/api/agents/${id}/rollback`, body, { ...publisher, ...headers })
const promote = (id: string, headers: Record<string, string> = {}, body: unknown = {}) =>
  post(api, `/api/agents/${id}/promote`, body, { ...publisher, ...headers })

describe('a rollback', () => {
  test('a rollback restores the old content for a caller with the tag of the live version', async () => {
    const id = await publishVersions(api, 'active', 'active')
    const answer = await rollback(id, { 'if-match': await tagOf(id) })
    expect(answer).toMatchObject({
      status: 200,
      json: {
        releaseId: expect.any(String),
        replayed: false,
        dryRun: false,
        outcomes: [{ kind: 'agents', id, outcome: 'rolled-back', version: 3 }],
      },
    })
    expect(answer.headers.get('cache-control')).toBe('private, no-store')
    expect(await shown(id)).toMatchObject({ version: 3, texts: { 'prompts/system.md': 'Version 1.\n' } })
    const [latest] = await api.ports.registry.history('agents', id)
    expect(latest).toMatchObject({ actor: 'ada@example.com', reason: 'it loops', origin: 'rollback' })
  })

  test('a rollback needs no tag, and a secret key may make it', async () => {
    const id = await publishVersions(api, 'active', 'active')
    const secret = { apikey: api.cloud.keys.secret }
    expect((await post(api, `/api/agents/${id}/rollback`, TO_1, secret)).status).toBe(200)
  })

  const NO_TARGET = { reason: 'it loops' }
  const promptOf = async (id: string) => (await shown(id)).texts['prompts/system.md']

  test.each([
    [['active', 'active'], 1],
    [['active', 'active', 'active'], 2],
    [['active', 'active', 'draft'], 1],
    [['active', 'draft', 'active'], 1],
    [['active', 'disabled', 'active'], 1],
    [['active', 'active', 'disabled'], 2],
  ])('without a target, a rollback of %j goes to what was live before', async (states, version) => {
    const id = await publishVersions(api, ...states)
    expect((await rollback(id, {}, NO_TARGET)).status).toBe(200)
    expect(await promptOf(id)).toBe(`Version ${version}.\n`)
  })

  test('without a target, a key has one effect, and another rollback passes over what is held', async () => {
    const id = await publishVersions(api, 'active', 'active', 'active')
    const key = { 'idempotency-key': freshKey() }
    const first = await rollback(id, key, NO_TARGET)
    expect(await rollback(id, key, NO_TARGET)).toMatchObject({ json: { ...first.json, replayed: true } })
    expectProblem(await rollback(id, {}, NO_TARGET), 422, 'REFUSED')
    expect(await promptOf(id)).toBe('Version 2.\n')
    expect((await rollback(id, {}, { reason: 'still' })).status).toBe(200)
    expect(await promptOf(id)).toBe('Version 1.\n')
    const before = await stored(api)
    const last = await rollback(id, {}, { reason: 'even then' })
    expectProblem(last, 422, 'REFUSED')
    expect(last.json.hint).toBe(`disable it: nofx registry disable agents/${id} --reason "<why>"`)
    expect(await stored(api)).toEqual(before)
  })

  test.each([['active'], ['draft']])(
    'without a target and with %s alone, a rollback is refused',
    async (state) => {
      const id = await publishVersions(api, state)
      expectProblem(await rollback(id, {}, NO_TARGET), 422, 'REFUSED')
    },
  )

  test.each([
    ['the live tag', (tag: string) => tag, 200],
    ['anything', () => '*', 200],
    ['one of several', (tag: string) => `"x", ${tag}`, 200],
    ['another tag', () => '"1-abc-active"', 412],
    ['the tag, marked as weak', (tag: string) => `W/${tag}`, 412],
    ['a part of the tag', (tag: string) => `${tag.slice(0, -2)}"`, 412],
    ['an empty tag', () => '""', 412],
    ['a tag without quotes', (tag: string) => tag.slice(1, -1), 400],
    ['a list that ends in a comma', (tag: string) => `${tag},`, 400],
    ['words', () => 'drop table x; --', 400],
    ['nothing', () => '', 400],
  ])('a rollback is accepted or refused by its precondition: %s', async (_, header, status) => {
    const id = await publishVersions(api, 'active', 'active')
    const before = await stored(api)
    const answer = await rollback(id, { 'if-match': header(await tagOf(id)) })
    expect(answer.status).toBe(status)
    if (status === 200) return
    expectProblem(answer, status, status === 412 ? 'PRECONDITION_FAILED' : 'BAD_REQUEST')
    expect(await stored(api)).toEqual(before)
  })

  test.each([
    ['with its tag', true, 412, 'PRECONDITION_FAILED'],
    ['without one', false, 409, 'CONFLICT'],
  ])(
    'a rollback of a definition that changes at the same moment, %s, has no effect',
    async (_, tagged, status, code) => {
      const id = await publishVersions(api, 'active', 'active')
      const { registry } = api.ports
      const overtaken = createApi({
        ...api.ports,
        registry: {
          ...registry,
          head: async (kind, name) => {
            const head = await registry.head(kind, name)
            await publishNext(api, id, 2)
            return head
          },
        },
      })
      const answer = await overtaken.fetch(
        new Request(`${ORIGIN}/api/agents/${id}/rollback`, {
          method: 'POST',
          body: JSON.stringify(TO_1),
          headers: {
            'content-type': 'application/json',
            ...publisher,
            ...(tagged ? { 'if-match': await tagOf(id) } : {}),
          },
        }),
      )
      expect({ status: answer.status, ...((await answer.json()) as object) }).toMatchObject({ status, code })
      expect(await shown(id)).toMatchObject({ version: 3, texts: { 'prompts/system.md': 'Version 3.\n' } })
    },
  )
})

describe('a key', () => {
  test('a key has one effect, and its answer is repeated whatever happened since', async () => {
    const id = await publishVersions(api, 'active', 'active')
    const headers = { 'idempotency-key': freshKey(), 'if-match': await tagOf(id) }
    const first = await rollback(id, headers)
    await publishNext(api, id, 3)
    const before = await stored(api)
    expect(await rollback(id, headers)).toMatchObject({
      status: 200,
      json: { ...first.json, replayed: true },
    })
    expect(await stored(api)).toEqual(before)
    expect(await shown(id)).toMatchObject({ version: 4 })
  })

  test('a key has one effect when ten requests arrive at once', async () => {
    const id = await publishVersions(api, 'active', 'draft')
    const headers = { 'idempotency-key': freshKey() }
    const answers = await Promise.all(Array.from({ length: 10 }, () => promote(id, headers)))
    expect(answers.map((answer) => answer.status)).toEqual(Array(10).fill(200))
    expect(answers.filter((answer) => !answer.json.replayed)).toHaveLength(1)
    expect(new Set(answers.map((answer) => answer.json.releaseId)).size).toBe(1)
  })

  test.each([
    ['another reason', { ...TO_1, reason: 'another' }, 'rollback'],
    ['another version', { ...TO_1, targetVersion: 2 }, 'rollback'],
    ['another effect', {}, 'promote'],
  ])('a used key is refused for %s', async (_, body, action) => {
    const id = await publishVersions(api, 'active', 'active', 'active')
    const headers = { ...publisher, 'idempotency-key': freshKey() }
    expect((await rollback(id, headers)).status).toBe(200)
    const before = await stored(api)
    expectProblem(await post(api, `/api/agents/${id}/${action}`, body, headers), 422, 'IDEMPOTENCY_MISMATCH')
    expect(await stored(api)).toEqual(before)
  })

  test('a used key is refused for another definition, and free for another caller', async () => {
    const [one, other] = [
      await publishVersions(api, 'active', 'active'),
      await publishVersions(api, 'active', 'active'),
    ]
    const key = { 'idempotency-key': freshKey() }
    await rollback(one, key)
    expectProblem(await rollback(other, key), 422, 'IDEMPOTENCY_MISMATCH')
    const secret = { apikey: api.cloud.keys.secret, ...key }
    const owner = await post(api, `/api/agents/${other}/rollback`, TO_1, secret)
    expect([owner.status, owner.json.replayed]).toEqual([200, false])
  })

  test.each(['short', 'x'.repeat(201), 'with\ttabs-in-it', 'café-café-café'])(
    'an invalid key is refused: %j',
    async (key) => {
      const id = await publishVersions(api, 'active', 'active')
      expectProblem(await rollback(id, { 'idempotency-key': key }), 400, 'BAD_REQUEST')
    },
  )
})

describe('a promotion', () => {
  test('a promotion makes the draft live and public', async () => {
    const id = await publishVersions(api, 'draft')
    expect((await api.get(`/api/agents/${id}`)).status).toBe(404)
    const answer = await promote(id, { 'if-match': await tagOf(id) }, { reason: 'ready' })
    expect(answer).toMatchObject({ status: 200, json: { outcomes: [{ outcome: 'promoted', version: 2 }] } })
    expect((await api.get(`/api/agents/${id}`)).json).toMatchObject({
      version: 2,
      status: 'active',
      live: true,
    })
  })

  test('a promotion does nothing when a newer draft has appeared than the one seen', async () => {
    const id = await publishVersions(api, 'active', 'draft')
    const tag = await tagOf(id)
    await publishNext(api, id, 2, 'draft')
    const before = await stored(api)
    expectProblem(await promote(id, {}, { version: 2 }), 409, 'CONFLICT')
    expectProblem(await promote(id, { 'if-match': tag }, { version: 2 }), 412, 'PRECONDITION_FAILED')
    expect(await stored(api)).toEqual(before)
    const key = freshKey()
    for (const replayed of [false, true])
      expect(await promote(id, { 'idempotency-key': key }, { version: 3 })).toMatchObject({
        status: 200,
        json: { replayed, outcomes: [{ outcome: 'promoted', version: 4 }] },
      })
  })

  test('a promotion calls the deploy hook once, and not for a repeated answer', async () => {
    const hook = await receive()
    const deployHook = () => ringDeployHook(hook.url, { loopback: true })
    const ringing = createApi({ ...api.ports, deployHook })
    const id = await publishVersions(api, 'active', 'draft')
    const headers = { 'idempotency-key': freshKey(), 'content-type': 'application/json', ...publisher }
    const ask = async () => {
      const url = `${ORIGIN}/api/agents/${id}/promote`
      const answer = await ringing.fetch(new Request(url, { method: 'POST', body: '{}', headers }))
      return (await answer.json()) as Record<string, unknown>
    }
    const first = await ask()
    expect(first).toMatchObject({ replayed: false, deployHook: { rung: true, tries: 1 } })
    const { deployHook: _, ...result } = first
    expect(await ask()).toEqual({ ...result, replayed: true })
    await rollback(id)
    expect(hook.got).toHaveLength(1)
  })

  test('a promotion succeeds when the deploy hook fails, and reports it without naming the hook', async () => {
    const hook = await receive((outgoing) => outgoing.writeHead(404).end())
    const deployHook = () => ringDeployHook(hook.url, { loopback: true })
    const ringing = createApi({ ...api.ports, deployHook })
    const id = await publishVersions(api, 'draft')
    const request = new Request(`${ORIGIN}/api/agents/${id}/promote`, {
      method: 'POST',
      body: '{}',
      headers: { 'content-type': 'application/json', ...publisher },
    })
    const answer = await ringing.fetch(request)
    expect({ status: answer.status, body: await answer.json() }).toMatchObject({
      status: 200,
      body: { deployHook: { rung: false, tries: 1, reason: 'it answered 404' } },
    })
    expect(await shown(id)).toMatchObject({ version: 2, live: true })
    expect(JSON.stringify(api.lines)).not.toContain(new URL(hook.url).port)
  })

  test('a promotion is refused without a draft, and for a missing definition', async () => {
    const id = await publishVersions(api, 'active')
    const before = await stored(api)
    expectProblem(await promote(id), 422, 'REFUSED')
    expectProblem(await promote('nobody-here'), 404, 'NOT_FOUND')
    expectProblem(await promote(id, { 'if-match': '"x"' }), 412, 'PRECONDITION_FAILED')
    expect(await stored(api)).toEqual(before)
  })
})
