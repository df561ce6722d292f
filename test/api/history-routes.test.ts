import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { commitAt, packAgent, publish, resultOf } from '../cloud/support/definitions.ts'
import { type ApiUnderTest, openApiUnderTest, type Read } from './support/api-under-test.ts'
import { openStreams } from './support/event-reader.ts'
import { readerOf } from './support/promised.ts'
import { post, publishTemplates } from './support/writing.ts'

let api: ApiUnderTest
let publisher: Record<string, string>
let signedIn: Record<string, string>
const read = readerOf(() => api)

/** When the first publish of `moving` had happened. */
let early: string

beforeAll(async () => {
  api = await openApiUnderTest()
  publisher = await api.token()
  signedIn = await api.token({ role: 'reader' })
  await publishTemplates(api)
  const moving = (version: number) => packAgent('moving', `Version ${version}.\n`, {}, version - 1)
  resultOf(await publish(api.ports.registry, [moving(1)], { commit: commitAt(11) }))
  early = (await api.get('/api/agents/moving')).json.updatedAt
  resultOf(await publish(api.ports.registry, [moving(2)], { commit: commitAt(12), reason: 'faster' }))
  const rolled = await post(
    api,
    '/api/agents/moving/rollback',
    { targetVersion: 1, reason: 'loops' },
    publisher,
  )
  expect(rolled.status).toBe(200)
  const off = await post(api, '/api/agents/moving/disable', { reason: 'still loops' }, publisher)
  expect(off.status).toBe(200)
})
afterAll(() => api?.close())

const origins = ({ json }: Read) => json.items.map(({ origin }: { origin: string }) => origin)
const list = (query: string) => read('listReleases', `/api/releases${query}`, publisher)

test.each([
  '/api/releases?kind=agents',
  '/api/releases/abcd',
  '/api/agents/moving/live?at=2026-01-01',
  '/api/agents/nobody/live?at=2026-01-01',
  '/api/events?expand=release',
])('%s is refused to readers without a read of the registry', async (path) => {
  api.calls.length = 0
  for (const [headers, status] of [
    [{}, 401],
    [signedIn, 403],
  ] as const) {
    const answer = await api.get(path, headers)
    expect([answer.status, answer.json.code]).toEqual([status, 'REMOTE_DENIED'])
  }
  expect(api.calls).toEqual([])
})

describe('releases', () => {
  test.each([
    ['?kind=agents&id=moving', ['disable', 'rollback', 'publish', 'publish']],
    ['?kind=agents&id=nobody', []],
    ['?kind=templates', ['publish']],
    ['?kind=spells', []],
    ['?origin=rollback', ['rollback']],
    ['?actor=ada@example.com', ['disable', 'rollback']],
    ['?actor=ada', []],
    [`?commit=${'12'.padStart(40, '0')}`, ['publish']],
    ['?commit=0000&origin=rollback', ['rollback']],
    ['?until=2020-01-01', []],
    ['?since=2020-01-01&origin=disable', ['disable']],
  ])('releases are filtered by %s', async (query, expected) => {
    expect(origins(await list(query))).toEqual(expected)
  })

  test('releases are filtered by time, from the moment on that a version has', async () => {
    const at = encodeURIComponent(early)
    const [before, after] = [await list(`?until=${at}`), await list(`?since=${at}`)]
    expect(origins(after)).toEqual(['disable', 'rollback', 'publish', 'publish'])
    expect([...after.json.items, ...before.json.items]).toEqual((await list('')).json.items)
  })

  test('releases with filters are read page by page, and a cursor keeps to its filters', async () => {
    const all = (await list('?kind=agents&id=moving')).json.items
    const seen: unknown[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const page: Read = await list(`?kind=agents&id=moving&limit=1${cursor && `&cursor=${cursor}`}`)
      seen.push(...page.json.items)
      cursor = page.json.nextCursor
    }
    expect(seen).toEqual(all)
    const { nextCursor } = (await list('?kind=agents&limit=1')).json
    const other = await api.get(`/api/releases?limit=1&cursor=${nextCursor}`, publisher)
    expect([other.status, other.json.code]).toEqual([400, 'BAD_CURSOR'])
  })

  test.each([
    ['?id=moving', 'BAD_REQUEST'],
    ['?origin=magic', 'BAD_REQUEST'],
    ['?commit=xyz', 'BAD_REQUEST'],
    ["?commit=00'", 'BAD_REQUEST'],
    ['?since=yesterday', 'USAGE'],
    ['?until=2999-01-01', 'USAGE'],
    ['?actor=', 'BAD_REQUEST'],
  ])('releases with %s are refused', async (query, code) => {
    const { status, json } = await api.get(`/api/releases${query}`, publisher)
    expect([status, json.code]).toEqual([400, code])
  })

  test('a release is shown with its number, what it moved and what undid it', async () => {
    const [{ id, seq }] = (await list('?origin=rollback')).json.items
    const { json } = await read('showRelease', `/api/releases/${id}`, publisher)
    expect(json).toMatchObject({
      ...{ id, seq, actor: 'ada@example.com', reason: 'loops', undoes: null, undoneBy: null, moved: 1 },
      moves: [
        { kind: 'agents', id: 'moving', outcome: 'rolled-back', from: 2, to: 3, content: 1, draft: false },
      ],
    })
    expect((await read('showRelease', `/api/releases/${id.slice(0, 8)}`, publisher)).json.id).toBe(id)
    const first = packAgent('undone', 'One.\n')
    const { releaseId } = resultOf(await publish(api.ports.registry, [first], { commit: commitAt(13) }))
    const undo = await api.ports.registry.sync('agents', {
      ...{ action: 'rollback', target: { release: releaseId! }, reason: 'not yet' },
      ...{ actor: 'test@example.com', key: 'the-undoing-of-a-release' },
    })
    const undoing = resultOf(undo).releaseId
    expect((await read('showRelease', `/api/releases/${releaseId}`, publisher)).json.undoneBy).toBe(undoing)
    expect((await read('showRelease', `/api/releases/${undoing}`, publisher)).json.undoes).toBe(releaseId)
    for (const ref of ['ffffffff', 'abc', 'a%2Fb', "x'--x"])
      expect([ref, (await api.get(`/api/releases/${ref}`, publisher)).status]).toEqual([ref, 404])
  })
})

describe('what was live at a time', () => {
  const live = (at: string, id = 'moving') =>
    read('showLive', `/api/agents/${id}/live?at=${encodeURIComponent(at)}`, publisher)

  test('a time has the version that readers got, with who and why, and until when', async () => {
    const { items } = (await api.get('/api/agents/moving/versions', publisher)).json
    const [off, back, second, first] = items
    const { json } = await live(first.createdAt)
    expect(json).toMatchObject({
      at: first.createdAt,
      live: { version: 1 },
      gone: null,
      until: second.createdAt,
    })
    expect((await live(back.createdAt)).json.live).toMatchObject({
      ...{ version: 3, status: 'active', origin: 'rollback', reason: 'loops', actor: 'ada@example.com' },
      ...{ commitSha: back.commitSha, dirty: false, releaseId: back.releaseId },
    })
    expect((await live(off.createdAt)).json).toMatchObject({
      ...{ live: null, gone: { version: 4, reason: 'still loops', status: 'disabled' }, until: null },
    })
    expect((await live('2020-01-01')).json).toMatchObject({ live: null, gone: null, until: null })
  })

  test.each(['', '?at=', '?at=soon', '?at=2026-01-01T10:00', '?at=2999-01-01', '?at=2026-01-01&more=1'])(
    'the query %j is refused',
    async (query) => {
      const { status, json } = await api.get(`/api/agents/moving/live${query}`, publisher)
      expect([status, ['BAD_REQUEST', 'USAGE'].includes(json.code)]).toEqual([400, true])
    },
  )
})

describe('events with what made them', () => {
  test('each event has origin, actor, reason and outcome, in pages and in the stream', async () => {
    const { json } = await read('listEvents', '/api/events?since=0&limit=1000&expand=release', publisher)
    const own = json.events.filter(({ id }: { id: string }) => id === 'moving')
    expect(
      own.map(({ origin, actor, reason, outcome }: Record<string, unknown>) => [
        origin,
        actor,
        reason,
        outcome,
      ]),
    ).toEqual([
      ['publish', 'test@example.com', null, 'added'],
      ['publish', 'test@example.com', 'faster', 'updated'],
      ['rollback', 'ada@example.com', 'loops', 'rolled-back'],
      ['disable', 'ada@example.com', 'still loops', 'disabled'],
    ])
    const plain = (await api.get('/api/events?since=0&limit=1000', publisher)).json
    expect(plain.events).toEqual(
      json.events.map(
        ({ origin: _, actor: __, reason: ___, outcome: ____, ...event }: Record<string, unknown>) => event,
      ),
    )
    const reader = await openStreams(api.ports).open(
      `/api/events?since=${own[2].seq - 1}&expand=release`,
      publisher,
    )
    await reader.until(/"outcome":"rolled-back"/)
    await reader.leave()
  })
})
