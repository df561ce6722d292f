import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventPageSchema } from '../../src/contract/protocol/events.ts'
import { commitAt, packAgent, publish, resultOf } from '../cloud/support/definitions.ts'
import { type ApiUnderTest, openApiUnderTest } from './support/api-under-test.ts'
import { expectProblem } from './support/writing.ts'

let api: ApiUnderTest
beforeAll(async () => {
  api = await openApiUnderTest()
  const first = ['aa', 'bb', 'cc'].map((id) =>
    packAgent(id, `${id}\n`, id === 'bb' ? { status: 'draft' } : {}),
  )
  resultOf(await publish(api.ports.registry, first))
  resultOf(await publish(api.ports.registry, [packAgent('aa', '2\n', {}, 1)], { commit: commitAt(2) }))
})
afterAll(() => api?.close())

const run = (sql: string) => api.query(sql)

async function page(path: string, headers?: Record<string, string>) {
  const answer = await api.get(path, headers)
  expect([answer.status, answer.text]).toEqual([200, answer.text])
  const { cursor, events } = eventPageSchema.parse(answer.json)
  return { cursor, events: events.map(({ seq, type, id }) => `${seq} ${type} ${id}`) }
}

test('readers get public events after a cursor, publishers all events, and both the next cursor', async () => {
  const all = { cursor: 4, events: ['1 agent.added aa', '3 agent.added cc', '4 agent.updated aa'] }
  expect(await page('/api/events')).toEqual(all)
  expect(await page('/api/events?since=0&limit=1000')).toEqual(all)
  expect(await page('/api/events?since=3')).toEqual({ cursor: 4, events: ['4 agent.updated aa'] })
  for (const headers of [await api.token(), { apikey: api.cloud.keys.secret }])
    expect(await page('/api/events?limit=2', headers)).toEqual({
      cursor: 2,
      events: ['1 agent.added aa', '2 agent.added bb'],
    })
  expect(await page('/api/events', await api.token({ role: 'reader' }))).toEqual(all)
})

test('`now` gives the cursor to start from before everything is read', async () => {
  expect(await page('/api/events?since=now')).toEqual({ cursor: 4, events: [] })
})

test('an answer is never cached, and pages of other origins may read it', async () => {
  const { headers } = await api.get('/api/events', { origin: 'https://elsewhere.example' })
  expect(headers.get('cache-control')).toBe('no-store')
  expect(headers.get('vercel-cdn-cache-control')).toBeNull()
  expect(headers.get('vary')).toContain('Accept')
  expect(headers.get('access-control-allow-origin')).toBe('*')
  const head = await api.send('/api/events', { method: 'HEAD' })
  expect([head.status, head.text]).toEqual([200, ''])
})

test('a cursor of another registry is refused with the way to start again', async () => {
  const answer = await api.get('/api/events?since=5')
  expectProblem(answer, 410, 'CURSOR_GONE')
  expect(answer.json).toMatchObject({
    detail: 'the cursor 5 is not from this registry, whose last event is 4',
    hint: 'read everything again, then continue from the cursor 4',
  })
})

test('a cursor whose events are no longer kept is refused, and a list since then is complete', async () => {
  const { updatedSince } = (await api.get('/api/agents')).json
  await run(`
    update registry_events set at = now() - interval '91 days' where seq <= 3;
    insert into registry_policies (kind, event_count) values ('*', 0);
    select registry_prune_events('{}')`)
  expectProblem(await api.get('/api/events?since=2'), 410, 'CURSOR_GONE')
  expectProblem(await api.get('/api/events'), 410, 'CURSOR_GONE')
  expect(await page('/api/events?since=3')).toEqual({ cursor: 4, events: ['4 agent.updated aa'] })
  expect((await api.get(`/api/agents?updatedSince=${updatedSince}`)).json.items).toEqual([])
  const since = Buffer.from('{"since":1}').toString('base64url')
  const { items } = (await api.get(`/api/agents?updatedSince=${since}`)).json
  expect(items.map(({ id }: { id: string }) => id)).toEqual(['aa', 'cc'])
})

test('an unreachable registry is answered with 503', async () => {
  for (const fault of [
    () => Response.json({ message: 'secret detail', code: 'XX000' }, { status: 500 }),
    () => Response.json({ cursor: 'soon' }),
    () => Promise.reject(new Error('connect ECONNREFUSED 10.1.2.3:5432')),
  ]) {
    api.fault = fault
    const page = await api.get('/api/events')
    const stream = await api.get('/api/events', { accept: 'text/event-stream' })
    api.fault = undefined
    for (const answer of [page, stream]) {
      expectProblem(answer, 503, 'REMOTE_FAILED')
      expect(answer.headers.get('retry-after')).toBe('5')
      expect(answer.text).not.toMatch(/secret detail|10\.1\.2\.3/)
    }
  }
})
