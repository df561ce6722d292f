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

test('a time gives the events after it, that the caller may see, and a text that is not one is refused', async () => {
  const minutes = [10, 20, 30, 40]
  const at = (minute: number) => `2026-01-01T10:${minute}:00Z`
  for (const [place, minute] of minutes.entries())
    await run(`update registry_events set at = '${at(minute)}' where seq = ${place + 1}`)
  const all = ['1 agent.added aa', '3 agent.added cc', '4 agent.updated aa']
  // Event 2 is for publishers alone.
  for (const [since, left] of [
    ['2026-01-01', all],
    [at(10), all.slice(1)],
    ['2026-01-01T11:25:00%2B01:00', all.slice(1)],
    [at(30), all.slice(2)],
    [at(50), []],
  ] as const)
    expect(await page(`/api/events?since=${since}`)).toEqual({ cursor: 4, events: left })
  expect((await page(`/api/events?since=${at(15)}`, { apikey: api.cloud.keys.secret })).events).toEqual([
    '2 agent.added bb',
    ...all.slice(1),
  ])
  for (const [since, why] of [
    ['2026-02-31', 'is not a date or time'],
    ['2026-01-01T10:00', 'has no time zone'],
    ['2999-01-01', 'is in the future'],
  ]) {
    const answer = await api.get(`/api/events?since=${since}`)
    expect([answer.status, answer.json.detail]).toEqual([400, expect.stringContaining(why ?? '')])
  }
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
  // A time before the first event that is kept is as old as its cursor.
  expectProblem(await api.get('/api/events?since=2020-01-01'), 410, 'CURSOR_GONE')
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
