import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApi } from '../../src/api/app.ts'
import { createStreamSlots } from '../../src/api/events/stream-slots.ts'
import { packAgent, publish, resultOf } from '../cloud/support/definitions.ts'
import { receive } from '../edge/support/receiver.ts'
import { planOf, step } from '../worker/run/support/run-plan.ts'
import { WatchedBench } from '../worker/runs/support/watched-bench.ts'
import { type ApiUnderTest, openApiUnderTest, type Read } from './support/api-under-test.ts'
import { publishInside, raisePreview } from './support/preview.ts'
import { expectPromised, readerOf } from './support/promised.ts'
import { expectProblem, freshKey, post, publishTemplates } from './support/writing.ts'

let api: ApiUnderTest
let bench: WatchedBench
let publisher: Record<string, string>
let signedIn: Record<string, string>
const read = readerOf(() => api)

beforeAll(async () => {
  bench = new WatchedBench()
  api = await openApiUnderTest({ runs: bench.reader })
  publisher = await api.token()
  signedIn = await api.token({ role: 'reader' })
  await publishTemplates(api)
})
afterAll(async () => {
  bench?.remove()
  await api?.close()
})

/** All items of a list, page by page, with each page's size. */
async function readAll(name: string, path: string): Promise<Record<string, unknown>[]> {
  const items: Record<string, unknown>[] = []
  let next: string | null = path
  while (next !== null) {
    const page: Read = await read(name, next, publisher)
    items.push(...page.json.items)
    next = /^<([^>]+)>; rel="next"$/.exec(page.headers.get('link') ?? '')?.[1] ?? null
    expect(next === null).toBe(page.json.nextCursor === null)
  }
  return items
}

test.each([
  ['GET', '/api/previews'],
  ['GET', '/api/previews/pr-1'],
  ['GET', '/api/previews/never-there'],
  ['GET', '/api/reports'],
  ['GET', '/api/reports/abcdef'],
  ['GET', '/api/webhooks'],
  ['POST', '/api/webhooks/abcdef/test'],
  ['GET', '/api/instantiations'],
  ['GET', '/api/instantiations/11111111-1111-4111-8111-111111111111'],
  ['GET', '/api/runs'],
  ['GET', '/api/runs/0123456789ab'],
])('%s %s is refused to readers without a read of the registry', async (method, path) => {
  api.calls.length = 0
  for (const [headers, status] of [
    [{}, 401],
    [signedIn, 403],
  ] as const) {
    const init = method === 'GET' ? { headers } : { method, headers, body: '{' }
    expectProblem(await api.send(path, init), status, 'REMOTE_DENIED')
  }
  expect(api.calls).toEqual([])
})

describe('previews', () => {
  test('a preview is listed with its origin and changes, and shown with what a merge would change', async () => {
    expect((await read('listPreviews', '/api/previews', publisher)).json).toEqual({ items: [] })
    resultOf(await publish(api.ports.registry, [packAgent('lonely', 'One.\n')]))
    await raisePreview(api, 'pr-1')
    const inside = api.ports.inPreview('pr-1').registry
    await publishInside(inside, [
      packAgent('lonely', 'Another.\n', { permissions: { shell: true } }, 1),
      packAgent('newcomer', 'New.\n'),
    ])
    const { items } = (await read('listPreviews', '/api/previews', publisher)).json
    expect(items).toMatchObject([
      { name: 'pr-1', origin: 'local', state: 'open', expired: false, changes: 2 },
    ])
    const { json } = await read('showPreview', '/api/previews/pr-1', publisher)
    expect(json.plan.items.map(({ id, action }: Record<string, unknown>) => [id, action]).sort()).toEqual([
      ['lonely', 'change'],
      ['newcomer', 'add'],
    ])
    const changed = json.plan.items.find(({ id }: { id: string }) => id === 'lonely')
    expect(changed.risks[0]).toMatchObject({ level: 'high' })
    expect(changed.diff.files.length).toBeGreaterThan(0)
    expect(json.plan.more).toBe(false)
    for (const name of ['pr-2', 'Pr-1', 'a_b', 'x'.repeat(60)])
      expect([name, (await api.get(`/api/previews/${name}`, publisher)).status]).toEqual([name, 404])
    expectProblem(await api.get('/api/previews?env=pr-1', publisher), 400, 'BAD_REQUEST')
  })
})

describe('reports', () => {
  beforeAll(async () => {
    for (const id of ['refused-one', 'refused-two', 'refused-three']) {
      const bad = await publish(api.ports.registry, [packAgent(id, 'Text.\n', { tags: 7 })])
      expect(bad.ok).toBe(false)
    }
  })

  test('reports are listed newest first, page by page, and filtered', async () => {
    const refused = await readAll('listReports', '/api/reports?verdict=refused')
    expect(refused).toHaveLength(3)
    expect(refused[0]).toMatchObject({
      verdict: 'refused',
      origin: 'publish',
      releaseId: null,
      message: expect.any(String),
    })
    const times = refused.map(({ createdAt }) => createdAt)
    expect(times).toEqual([...times].sort().reverse())
    const all = await readAll('listReports', '/api/reports')
    for (const limit of [1, 2, 100])
      expect(await readAll('listReports', `/api/reports?limit=${limit}`)).toEqual(all)
    expect(await readAll('listReports', '/api/reports?origin=validate')).toEqual([])
    expect(await readAll('listReports', '/api/reports?pullRequest=7')).toEqual([])
    const { nextCursor } = (await read('listReports', '/api/reports?limit=1', publisher)).json
    for (const query of [`verdict=refused&cursor=${nextCursor}`, 'cursor=x', 'cursor=eyJhdCI6Im5vdyJ9'])
      expectProblem(await api.get(`/api/reports?${query}`, publisher), 400, 'BAD_CURSOR')
    for (const query of ['verdict=maybe', 'origin=x', 'pullRequest=0', 'limit=101', 'more=1'])
      expectProblem(await api.get(`/api/reports?${query}`, publisher), 400, 'BAD_REQUEST')
  })

  test('a report is shown with its findings, by a unique start of its id', async () => {
    const [{ id }] = (await readAll('listReports', '/api/reports?verdict=refused&limit=1')) as [
      { id: string },
    ]
    const { json } = await read('showReport', `/api/reports/${id}`, publisher)
    expect(json.findings[0]).toMatchObject({
      severity: 'error',
      rule: expect.stringMatching(/^NOFX_/),
      hint: expect.any(String),
    })
    expect(json.leftOut).toBe(0)
    expect((await read('showReport', `/api/reports/${id.slice(0, 13)}`, publisher)).json.id).toBe(id)
    for (const ref of ['ffffffff', 'zzzz', 'abc'])
      expectProblem(await api.get(`/api/reports/${ref}`, publisher), 404, 'NOT_FOUND')
  })
})

describe('webhooks', () => {
  async function addWebhook(url: string): Promise<string> {
    const p_request = {
      ...{ url, kinds: [], types: [], audience: 'public', deployment: false, actor: 'ada@example.com' },
      ...{ secret: `whsec_${Buffer.alloc(24, 7).toString('base64')}`, since: null },
    }
    const { data, error } = await api.ports.service.rpc('registry_add_webhook', { p_request })
    if (error) throw error
    return data.id
  }

  test('webhooks are listed with cut addresses, wherever an address stands', async () => {
    const secret = '/services/T000/very-secret?token=more'
    await addWebhook(`https://hooks.example.com${secret}`)
    const { json, text } = await read('listWebhooks', '/api/webhooks', publisher)
    expect(json.items).toMatchObject([
      { url: 'https://hooks.example.com/…', state: 'active', createdBy: 'ada@example.com' },
    ])
    expect(text).not.toMatch(/secret|token|whsec|T000/)
  })

  test('a webhook is tested by one signed ping, and its cursor does not move', async () => {
    const receiver = await receive((outgoing) => outgoing.writeHead(418).end())
    const id = await addWebhook(receiver.url)
    const before = (await read('listWebhooks', '/api/webhooks', publisher)).json
    const answer = await post(api, `/api/webhooks/${id}/test`, {}, publisher)
    expect(expectPromised('testWebhook', answer).json).toMatchObject({ status: 418, ms: expect.any(Number) })
    expect(receiver.got).toHaveLength(1)
    expect(receiver.got[0]?.headers['webhook-signature']).toMatch(/^v1,/)
    expect(answer.text).not.toContain('/hook')
    expect((await read('listWebhooks', '/api/webhooks', publisher)).json).toEqual(before)
    expectProblem(await post(api, '/api/webhooks/never-there/test', {}, publisher), 404, 'NOT_FOUND')
    expectProblem(await post(api, `/api/webhooks/${id}/test`, { url: 'x' }, publisher), 400, 'BAD_REQUEST')
  })
})

describe('plans that were made', () => {
  test('plans are listed newest first, filtered, page by page, and shown as they were answered', async () => {
    const parameters = { repository: 'acme/shop', issue: 7 }
    const made: Record<string, unknown>[] = []
    for (let count = 0; count < 3; count++) {
      const headers = { ...publisher, 'idempotency-key': freshKey() }
      const answer = await post(api, '/api/templates/triage-issue/instantiate', { parameters }, headers)
      expect(answer.status).toBe(201)
      made.unshift(answer.json)
    }
    const items = await readAll('listInstantiations', '/api/instantiations')
    expect(items.map(({ planId }) => planId)).toEqual(made.map(({ planId }) => planId))
    expect(items[0]).toMatchObject({
      kind: 'templates',
      id: 'triage-issue',
      version: 1,
      actor: 'ada@example.com',
    })
    expect(await readAll('listInstantiations', '/api/instantiations?limit=1')).toEqual(items)
    for (const [query, count] of [
      ['kind=templates&id=triage-issue', 3],
      ['id=publish-release', 0],
      ['actor=ada@example.com', 3],
      ['actor=grace', 0],
      ['kind=agents', 0],
    ] as const)
      expect([query, (await readAll('listInstantiations', `/api/instantiations?${query}`)).length]).toEqual([
        query,
        count,
      ])
    const { json } = await read('showInstantiation', `/api/instantiations/${items[0]!.planId}`, publisher)
    const { replayed: _, ...first } = made[0]!
    expect(json).toEqual(first)
    for (const id of ['11111111-1111-4111-8111-111111111111', 'x', "1' or '1'='1"])
      expectProblem(
        await api.get(`/api/instantiations/${encodeURIComponent(id)}`, publisher),
        404,
        'NOT_FOUND',
      )
    expect(
      resultOf(await publish(api.ports.registry, [packAgent('after', 'After.\n')])).outcomes,
    ).toHaveLength(1)
  })
})

describe('runs', () => {
  test('runs are listed newest first, filtered, page by page, and shown with their steps', async () => {
    const done = await bench.run()
    const failed = await bench.run(planOf([step('bad')]))
    const waiting = await bench.run(planOf([step('post', { approval: 'manual' })]))
    const items = await readAll('listRuns', '/api/runs')
    expect(new Set(items.map(({ runId }) => runId))).toEqual(new Set([done, failed, waiting]))
    expect(await readAll('listRuns', '/api/runs?limit=1')).toEqual(items)
    for (const [query, ids] of [
      ['state=failed', [failed]],
      ['state=paused&template=work', [waiting]],
      ['template=other', []],
      ['planId=11111111-1111-4111-8111-111111111111', []],
    ] as const) {
      const found = await readAll('listRuns', `/api/runs?${query}`)
      expect([query, found.map(({ runId }) => runId)]).toEqual([query, ids])
    }
    const { json } = await read('showRun', `/api/runs/${waiting}`, publisher)
    expect(json).toMatchObject({
      ...{ runId: waiting, state: 'paused', unapproved: ['post'] },
      steps: [{ id: 'post', state: 'unapproved', agent: { id: 'worker', version: 1 } }],
    })
    const { nextCursor } = (await read('listRuns', '/api/runs?limit=1', publisher)).json
    for (const query of [`state=done&cursor=${nextCursor}`, 'cursor=x', 'cursor=eyJhdCI6MX0'])
      expectProblem(await api.get(`/api/runs?${query}`, publisher), 400, 'BAD_CURSOR')
    for (const query of ['state=lost', 'template=A', 'planId=1', 'limit=101', 'env=pr-1', 'more=1'])
      expectProblem(await api.get(`/api/runs?${query}`, publisher), 400, 'BAD_REQUEST')
    for (const id of ['0123456789ab', '..', '%2e%2e', 'x'.repeat(70)])
      expectProblem(await api.get(`/api/runs/${id}`, publisher), 404, 'NOT_FOUND')
  })

  test('a place without runs says so, and what each place can do is in the session', async () => {
    const features = async (ports: typeof api.ports) => {
      const answer = await createApi(ports).fetch(new Request('http://api.test/api/session'))
      return ((await answer.json()) as { features: string[] }).features
    }
    expect(await features(api.ports)).toEqual(['previews', 'runs', 'streams', 'webhook-tests'])
    const less = {
      ...api.ports,
      ...{ runs: undefined, lacks: ['previews', 'webhook-tests'] as const },
      streams: createStreamSlots({ most: 0 }),
    }
    expect(await features(less)).toEqual([])
    for (const path of ['/api/runs', '/api/runs/0123456789ab']) {
      const answer = await createApi(less).fetch(
        new Request(`http://api.test${path}`, { headers: publisher }),
      )
      expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/)
      expect([answer.status, await answer.json()]).toMatchObject([
        404,
        {
          code: 'NOT_FOUND',
          detail: expect.stringContaining('runs'),
          hint: expect.stringContaining('nofx dev'),
        },
      ])
    }
  })
})
