import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApi } from '../../src/api/app.ts'
import { createAnswerCache } from '../../src/api/unchanged/answer-cache.ts'
import { createDefinitionAnswers } from '../../src/api/unchanged/definition-answers.ts'
import { readMoves } from '../../src/api/unchanged/newest.ts'
import type { MemoryLimits } from '../../src/api/unchanged/text-memory.ts'
import { commitAt, packAgent, publish, resultOf } from '../cloud/support/definitions.ts'
import { type ApiUnderTest, ORIGIN, openApiUnderTest } from './support/api-under-test.ts'
import { fillRegistry } from './support/filled-registry.ts'
import { post, publishVersions } from './support/writing.ts'

let api: ApiUnderTest
beforeAll(async () => {
  api = await openApiUnderTest()
  await fillRegistry(api)
})
afterAll(() => api?.close())

/** The addresses of all pages of a list. */
async function pagesOf(list: string): Promise<string[]> {
  const pages = [list]
  for (;;) {
    const { nextCursor } = (await api.get(pages.at(-1)!)).json
    if (nextCursor === null) return pages
    pages.push(`${list}&cursor=${nextCursor}`)
  }
}

const NEWEST = 'GET /rest/v1/registry_events'
const PUBLIC = [
  ['/api/agents', 'registry,registry-agents,registry-agents-lists'],
  ['/api/agents?limit=2', 'registry,registry-agents,registry-agents-lists'],
  ['/api/agents/steady', 'registry,registry-agents,registry-agents-steady'],
  ['/api/agents/steady/versions', 'registry,registry-agents,registry-agents-steady'],
  ['/api/agents/steady/versions/2', 'registry,registry-agents,registry-agents-steady'],
  ['/api/agents/steady/diff?from=1&to=2', 'registry,registry-agents,registry-agents-steady'],
  ['/api/schemas/agents', 'registry'],
  ['/api/openapi.json', 'registry'],
]

describe.each(PUBLIC)('%s', (path, tags) => {
  const KEPT = ['etag', 'cache-control', 'vercel-cdn-cache-control', 'vercel-cache-tag', 'vary']
  const kept = (headers: Headers) => Object.fromEntries(KEPT.map((name) => [name, headers.get(name)]))

  test('the answer may be cached publicly, and is revalidated by its tag', async () => {
    const first = await api.get(path)
    expect(first.status).toBe(200)
    expect(kept(first.headers)).toEqual({
      etag: expect.stringMatching(/^"[\w~-]+"$/),
      'cache-control': 'public, max-age=0, must-revalidate',
      'vercel-cdn-cache-control': 'public, s-maxage=60, stale-while-revalidate=600',
      'vercel-cache-tag': tags,
      vary: 'Authorization, apikey, X-Nofx-Env',
    })
    const etag = first.headers.get('etag')!
    for (const wanted of [etag, `W/${etag}`, `"other", ${etag}`, `"a,b" , W/${etag},"c"`, '*']) {
      const again = await api.get(path, { 'if-none-match': wanted })
      expect([wanted, again.status, again.text]).toEqual([wanted, 304, ''])
      expect(kept(again.headers)).toEqual(kept(first.headers))
    }
    for (const other of ['"other"', etag.slice(1, -1), `"${etag.slice(1, 4)}"`, ''])
      expect((await api.get(path, { 'if-none-match': other })).status).toBe(200)
  })

  test('the answer has the same headers for HEAD, and no body', async () => {
    const [get, head] = [await api.get(path), await api.send(path, { method: 'HEAD' })]
    expect([head.status, head.text]).toEqual([200, ''])
    expect(kept(head.headers)).toEqual(kept(get.headers))
    const etag = get.headers.get('etag')!
    const known = await api.send(path, { method: 'HEAD', headers: { 'if-none-match': etag } })
    expect(known.status).toBe(304)
  })

  test('the answer is not cached when the request has credentials', async () => {
    const secret = { apikey: api.cloud.keys.secret }
    for (const headers of [secret, await api.token(), { apikey: api.cloud.keys.publishable }]) {
      const answer = await api.get(path, headers)
      const tag = answer.headers.get('etag')!
      const again = await api.get(path, { ...headers, 'if-none-match': tag })
      expect([answer.status, again.status]).toEqual([200, 304])
      for (const { headers: answered } of [answer, again]) {
        expect(answered.get('cache-control')).toBe('private, no-store')
        expect(answered.get('vercel-cdn-cache-control')).toBeNull()
        expect(answered.get('vercel-cache-tag')).toBeNull()
      }
    }
  })
})

test('a missing definition is a 404, whatever tag the request has', async () => {
  for (const id of ['nobody', 'hidden', 'sketch'])
    for (const path of [`/api/agents/${id}`, `/api/agents/${id}/versions`]) {
      const { status, headers } = await api.get(path, { 'if-none-match': '*' })
      expect([path, status, headers.get('cache-control')]).toEqual([path, 404, 'no-store'])
    }
})

test('an unchanged list is answered from one row', async () => {
  const etag = (await api.get('/api/agents')).headers.get('etag')!
  api.calls.length = 0
  expect((await api.get('/api/agents', { 'if-none-match': etag })).status).toBe(304)
  expect(api.calls).toEqual([NEWEST])
})

test('a list that was answered before is not read again, and requests at once share what they ask', async () => {
  await api.get('/api/agents?limit=4')
  api.calls.length = 0
  const [first, ...others] = await Promise.all(
    Array.from({ length: 9 }, () => api.get('/api/agents?limit=4')),
  )
  expect(new Set(others.map(({ text }) => text))).toEqual(new Set([first?.text]))
  expect(first?.status).toBe(200)
  expect(api.calls).toEqual([NEWEST, NEWEST])
})

test('an unchanged definition is answered from one row, also when others have moved', async () => {
  const path = '/api/agents/steady'
  const etag = (await api.get(path)).headers.get('etag')!
  await api.get(path)
  const callsOf = async (status: number, headers = {}) => {
    api.calls.length = 0
    expect((await api.get(path, headers)).status).toBe(status)
    return api.calls
  }
  expect(await callsOf(304, { 'if-none-match': etag })).toEqual([NEWEST])
  expect(await callsOf(200)).toEqual([NEWEST])
  await publishVersions(api, 'active')
  expect(await callsOf(200)).toEqual([NEWEST, NEWEST])
  expect(await callsOf(200)).toEqual([NEWEST])
})

test('a page of a list by id is read again when a definition in its range moved, not when another one did', async () => {
  const LIST = 'POST /rest/v1/rpc/registry_list'
  const pages = await pagesOf('/api/agents?limit=2')
  const callsOf = async (path: string) => {
    api.calls.length = 0
    expect((await api.get(path)).status).toBe(200)
    return api.calls.filter((call) => call === LIST).length
  }
  const idsOf = async (path: string) =>
    (await api.get(path)).json.items.map(({ id }: { id: string }) => id) as string[]
  const [id] = await idsOf(pages[1]!)
  expect(pages.length).toBeGreaterThan(2)
  for (const [fresh, moved] of [
    [`${id}-0`, 1],
    ['zz-last', pages.length - 1],
  ] as const) {
    resultOf(await publish(api.ports.registry, [packAgent(fresh, 'You are new.\n')]))
    for (const [page, path] of pages.entries()) {
      // The first page says where the feed is.
      expect([fresh, page, await callsOf(path)]).toEqual([fresh, page, page === 0 || page === moved ? 1 : 0])
      expect(await callsOf(path)).toBe(0)
    }
  }
  // With what follows it a page loses its way to the next one, and nothing of its own.
  const before = (await pagesOf('/api/agents?limit=1')).at(-2)!
  const withNext = (await api.get(before)).json
  const gone = { kind: 'agents', id: 'zz-last', expectedVersion: 1 }
  resultOf(await publish(api.ports.registry, [], { removals: [gone] }))
  expect(withNext.nextCursor).toEqual(expect.any(String))
  expect((await api.get(before)).json).toEqual({ ...withNext, nextCursor: null })
})

test('tags differ by filter, page and reader, and change with the next publish', async () => {
  const tagOf = async (path: string, headers?: Record<string, string>) =>
    (await api.get(path, headers)).headers.get('etag')!
  const publisher = await api.token()
  const tags = [
    await tagOf('/api/agents'),
    await tagOf('/api/agents', publisher),
    await tagOf('/api/agents?limit=3'),
    await tagOf('/api/agents?tag=slow'),
    await tagOf('/api/agents?skill=slow'),
    await tagOf('/api/templates'),
    await tagOf(`/api/agents?limit=3&cursor=${(await api.get('/api/agents?limit=3')).json.nextCursor}`),
  ]
  expect(new Set(tags).size).toBe(tags.length)
  expect(await tagOf('/api/agents?status=active,deprecated')).toBe(
    await tagOf('/api/agents?status=active&status=deprecated'),
  )
  const [untouched, moved] = [await tagOf('/api/agents/oddly'), await tagOf('/api/agents/steady')]
  const packed = packAgent('steady', 'Fourth.\n', {}, 3)
  resultOf(await publish(api.ports.registry, [packed], { commit: commitAt(9) }))
  for (const path of ['/api/agents', '/api/agents/steady/versions'])
    expect((await api.get(path, { 'if-none-match': `${tags[0]}` })).status).toBe(200)
  expect((await api.get('/api/agents/steady', { 'if-none-match': moved })).status).toBe(200)
  expect((await api.get('/api/agents/oddly', { 'if-none-match': untouched })).status).toBe(304)
})

describe('a page of another origin', () => {
  const origin = { origin: 'https://somewhere.example' }
  test('a page of another origin may read public answers and the headers that it needs', async () => {
    for (const path of ['/api/agents', '/api/agents/nobody', '/api/health']) {
      const { headers } = await api.get(path, origin)
      expect(headers.get('access-control-allow-origin')).toBe('*')
      expect(headers.get('access-control-allow-credentials')).toBeNull()
      expect(headers.get('access-control-expose-headers')).toBe('ETag,Link,X-Request-Id,Retry-After')
    }
  })

  test('a preflight request says that a page of another origin may only read', async () => {
    const asked = {
      ...origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'apikey',
    }
    const { status, headers, text } = await api.send('/api/agents/validate', {
      method: 'OPTIONS',
      headers: asked,
    })
    expect([status, text]).toEqual([204, ''])
    expect(headers.get('access-control-allow-methods')).toBe('GET,HEAD')
    expect(headers.get('access-control-allow-headers')).toBe('If-None-Match,Last-Event-ID,X-Request-Id')
  })

  test('a page of another origin may not read the answer to a POST', async () => {
    const { headers } = await api.send('/api/agents/validate', { method: 'POST', headers: origin })
    expect(headers.get('access-control-allow-origin')).toBeNull()
  })
})

test.each([
  ['kept-as-it_is', true],
  ['short', false],
  ['with space and more', false],
  ['"><script>alert(1)</script>', false],
  ['a'.repeat(129), false],
])('a request id %j is kept: %s', async (id, kept) => {
  const answered = (await api.get('/api/agents', { 'x-request-id': id })).headers.get('x-request-id')!
  expect(answered === id).toBe(kept)
  expect(answered).toMatch(/^[\w-]{8,128}$/)
})

test('every answer from memory is the one that would be composed, whatever changed before it', async () => {
  const composing = createApi({ ...api.ports, answers: undefined, definitions: undefined })
  const instance = (limits?: MemoryLimits) =>
    createApi({
      ...api.ports,
      answers: createAnswerCache(limits),
      definitions: createDefinitionAnswers({
        ...limits,
        readMoves: (since) => readMoves(api.ports.service, since),
      }),
    })
  const remembering = [instance(), instance(), instance({ most: 3_000 })]
  const PATHS = [
    '/api/agents',
    '/api/agents?limit=3',
    '/api/agents?view=row&sort=-updatedAt',
    '/api/agents?search=steady&view=manifest',
    ...(await pagesOf('/api/agents?limit=2&view=manifest')).slice(1, 3),
    '/api/kinds',
    '/v0.1/servers',
    '/api/agents/steady',
    '/api/agents/oddly',
    '/api/agents/old-hand',
    '/api/templates/triage-issue',
  ]
  // What publishers see of one definition is composed each time.
  const isOfOne = (path: string) => /^.api.(agents|templates)./.test(path)
  const publisher = await api.token()
  const answerOf = async ({ fetch }: typeof composing, path: string, headers: Record<string, string>) => {
    const answer = await fetch(
      new Request(new URL(path, ORIGIN), { headers: { ...headers, 'x-request-id': 'the-same-one' } }),
    )
    const names = ['etag', 'link', 'cache-control', 'content-type', 'vercel-cache-tag']
    return [answer.status, ...names.map((name) => answer.headers.get(name)), await answer.text()]
  }
  const move = (path: string) => post(api, `/api/agents/${path}`, { reason: 'to see it' }, publisher)
  const removed = async () => {
    const removals = [{ kind: 'agents', id: 'oddly', expectedVersion: 1 }]
    resultOf(await publish(api.ports.registry, [], { commit: commitAt(30), removals }))
  }
  const refused = async () => {
    const ids = ['x', 'A_B', 'con', 'a/b', 'é "quoted", and more', '\u{1f600}'.repeat(16)]
    const answer = await publish(
      api.ports.registry,
      ids.map((id) => packAgent(id, 'You are refused.\n')),
    )
    expect(answer.ok).toBe(false)
  }
  const MOVES: [string, () => Promise<unknown>][] = [
    ['nothing', async () => {}],
    ['a new version', () => publishVersions(api, 'active', 'active')],
    ['a draft', () => publishVersions(api, 'draft')],
    ['disabled', () => move('steady/disable')],
    ['enabled', () => move('steady/enable')],
    [
      'rolled back',
      () => post(api, '/api/agents/steady/rollback', { targetVersion: 1, reason: 'to see it' }, publisher),
    ],
    ['refused with ids that no definition may have', refused],
    ['removed', removed],
    [
      'restored from a backup, and at the same number again',
      async () => {
        const newest = 'where seq = (select max(seq) from public.registry_events)'
        await api.query(`update public.registry_events set mark = gen_random_uuid() ${newest}`)
        await api.query(`delete from public.registry_heads where id = 'old-hand'`)
      },
    ],
  ]
  const seen = new Map<string, Set<unknown>>()
  for (const [what, change] of MOVES) {
    const changed = await change()
    if (typeof changed === 'object') expect(changed).toMatchObject({ status: 200 })
    for (const path of PATHS)
      for (const headers of isOfOne(path) ? [{}] : [{}, publisher]) {
        const right = await answerOf(composing, path, headers)
        // A definition that is disabled or removed has no answer.
        expect([path, right[0], right[1] !== null]).toEqual([
          path,
          isOfOne(path) ? right[0] : 200,
          right[0] === 200,
        ])
        for (const one of [...remembering, ...remembering])
          expect([what, path, await answerOf(one, path, headers)]).toEqual([what, path, right])
        seen.set(path, (seen.get(path) ?? new Set()).add(right.at(-1)))
      }
  }
  // Each move changes what publishers see of agents.
  expect(seen.get('/api/agents')?.size).toBeGreaterThan(MOVES.length)
})

test('the first list in a process is one query, and the next one is a look at the newest event', async () => {
  const LIST = 'POST /rest/v1/rpc/registry_list'
  const cold = createApi({ ...api.ports, answers: createAnswerCache() })
  const read = async (path: string, headers = {}) => {
    api.calls.length = 0
    const { status, headers: own } = await cold.fetch(new Request(new URL(path, ORIGIN), { headers }))
    return { status, etag: own.get('etag') ?? '', calls: [...api.calls] }
  }
  const first = await read('/api/agents?limit=3')
  expect(first).toMatchObject({ status: 200, calls: [LIST] })
  expect(await read('/api/agents?limit=3')).toEqual({ ...first, calls: [NEWEST] })
  const known = await read('/api/agents?limit=3', { 'if-none-match': first.etag })
  expect(known).toEqual({ status: 304, etag: first.etag, calls: [NEWEST] })
  resultOf(await publish(api.ports.registry, [packAgent('newly-made', 'You are new.\n')]))
  const changed = await read('/api/agents?limit=3')
  expect(changed.calls.sort()).toEqual([NEWEST, LIST])
  expect(changed.etag).not.toBe(first.etag)
})
