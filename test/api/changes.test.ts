import { afterAll, beforeAll, expect, test } from 'vitest'
import { commitAt, packAgent, publish, resultOf } from '../cloud/support/definitions.ts'
import { type ApiUnderTest, openApiUnderTest } from './support/api-under-test.ts'

let api: ApiUnderTest
let rank = 0
beforeAll(async () => {
  api = await openApiUnderTest()
})
afterAll(() => api?.close())

const name = (number: number) => `agent-${String(number).padStart(3, '0')}`

async function put(...packed: ReturnType<typeof packAgent>[]): Promise<void> {
  rank += 1
  resultOf(await publish(api.ports.registry, packed, { commit: commitAt(rank) }))
}

const ids = (json: { items: { id: string }[] }) => json.items.map(({ id }) => id)

test('pages show every definition once while others are published between them', async () => {
  const there = Array.from({ length: 40 }, (_, at) => name(at * 2))
  await put(...there.map((id) => packAgent(id, `I am ${id}.\n`)))
  const seen: string[] = []
  let cursor: string | null = ''
  let since: string | undefined
  for (let page = 0; cursor !== null; page++) {
    const { status, json } = await api.get(`/api/agents?limit=7${cursor ? `&cursor=${cursor}` : ''}`)
    expect(status).toBe(200)
    since ??= json.updatedSince
    // All pages show the registry of the same moment, so a later read since that event misses no change in between.
    expect(json.updatedSince).toBe(since)
    seen.push(...ids(json))
    cursor = json.nextCursor
    // One after the reader's position, one before it, one that was seen already and one that is seen later.
    await put(packAgent(name(page * 2 + 1), 'New.\n'), packAgent(`${name(79)}-${page}`, 'New.\n'))
    await put(
      packAgent(name(0), `Again ${page}.\n`, {}, page + 1),
      packAgent(name(78), `Again ${page}.\n`, {}, page + 1),
    )
  }
  expect(seen).toEqual([...new Set(seen)])
  expect(seen).toEqual([...seen].sort())
  expect(seen.filter((id) => there.includes(id))).toEqual(there)

  const all: string[] = []
  for (let path: string | undefined = `/api/agents?limit=5&updatedSince=${since}`; path !== undefined; ) {
    const { status, json, headers }: Awaited<ReturnType<typeof api.get>> = await api.get(path)
    expect(status).toBe(200)
    all.push(...ids(json))
    path = /^<([^>]+)>/.exec(headers.get('link') ?? '')?.[1]
  }
  const missed = (await api.ports.registry.heads('agents'))
    .map(({ id }) => id)
    .filter((id) => !seen.includes(id))
  expect(all).toEqual(expect.arrayContaining([...missed, name(0), name(78)]))
  expect(all).not.toContain(name(2))
})

test('a caller that is up to date gets an empty list, and later only what changed', async () => {
  const { json } = await api.get('/api/agents?limit=1')
  const path = `/api/agents?updatedSince=${json.updatedSince}`
  const quiet = await api.get(path)
  expect([quiet.json.items, quiet.json.nextCursor]).toEqual([[], null])
  await put(packAgent('zebra', 'New.\n'))
  expect(ids((await api.get(path)).json)).toEqual(['zebra'])
  expect(ids((await api.get(`${path}&tag=none`)).json)).toEqual([])
})

test('a cursor of one list is refused by every other list', async () => {
  const { json } = await api.get('/api/agents?limit=2&skill=work')
  const use = (query: string, kind = 'agents') => api.get(`/api/${kind}?cursor=${json.nextCursor}${query}`)
  expect((await use('&skill=work')).status).toBe(200)
  // The size of a page is not a filter.
  expect((await use('&skill=work&limit=9')).json.items).toHaveLength(9)
  for (const query of [
    '',
    '&skill=other',
    '&skill=work&tag=a',
    `&skill=work&updatedSince=${json.updatedSince}`,
  ])
    expect((await use(query)).json).toMatchObject({ status: 400, code: 'BAD_CURSOR' })
  expect((await use('&skill=work', 'templates')).json.code).toBe('BAD_CURSOR')
})
