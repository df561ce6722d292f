import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { z } from 'zod'
import { ROUTES } from '../../src/api/routes/routes.ts'
import { commitAt, packAgent, publish, resultOf } from '../cloud/support/definitions.ts'
import { type ApiUnderTest, openApiUnderTest, type Read } from './support/api-under-test.ts'
import { ALL_AGENTS, fillRegistry, PUBLIC_AGENTS } from './support/filled-registry.ts'
import { publishInside, raisePreview } from './support/preview.ts'
import { freshKey, post } from './support/writing.ts'

/** Names of fields that only publishers may see, and words of the history that readers must not get. */
const INNER =
  /"(?:head|draftVersion|held|actor|reason|commitRef|dirty|undoes|lived|waiting|disabled|removed)":|loops|test@example|ada@/

let api: ApiUnderTest
let publisher: Record<string, string>
let signedIn: Record<string, string>

beforeAll(async () => {
  api = await openApiUnderTest()
  publisher = await api.token()
  signedIn = await api.token({ role: 'reader' })
  await fillRegistry(api)
  // `steady`: version 4 has the content of version 2, version 3 is held, and the draft 5 waits.
  const body = { targetVersion: 2, reason: 'loops on large diffs' }
  const rolled = await post(api, '/api/agents/steady/rollback', body, {
    ...publisher,
    'idempotency-key': freshKey(),
  })
  expect(rolled.status).toBe(200)
  const draft = packAgent('steady', 'You are steady, of tomorrow.\n', { status: 'draft' }, 4)
  resultOf(await publish(api.ports.registry, [draft], { commit: { ...commitAt(9), dirty: true } }))
})
afterAll(() => api?.close())

function promised(name: string): z.ZodType {
  const shape = ROUTES.find((route) => route.name === name)?.responses[200]?.schema
  if (!shape) throw new Error(`${name} promises nothing`)
  return shape
}

/** An answer that must be 200 and as the document promises. */
async function read(name: string, path: string, headers?: Record<string, string>): Promise<Read> {
  const answer = await api.get(path, headers)
  expect([path, answer.status, answer.status === 200 ? '' : answer.text]).toEqual([path, 200, ''])
  expect(promised(name).safeParse(answer.json).error?.issues ?? []).toEqual([])
  return answer
}

const ids = ({ json }: Read): string[] => json.items.map(({ id }: { id: string }) => id)

describe('what only publishers may see', () => {
  test.each([
    '/api/kinds',
    '/api/agents',
    '/api/agents?view=row&limit=500',
    '/api/agents?sort=-updatedAt',
    '/api/agents/steady',
    '/api/agents/steady/versions',
    '/api/agents/steady/versions/4',
    '/api/agents/steady/diff?from=1&to=4',
  ])('%s gives readers and signed-in users without the role the same, and nothing of it', async (path) => {
    const [open, signed] = [await api.get(path), await api.get(path, signedIn)]
    expect([open.status, signed.status]).toEqual([200, 200])
    expect(signed.text).toBe(open.text)
    expect(signed.headers.get('etag')).toBe(open.headers.get('etag'))
    expect(open.text).not.toMatch(INNER)
    // The newest version of all would reveal the draft.
    expect(open.text).not.toContain('"version":5')
    expect(open.text).not.toContain('"latestVersion":5')
  })

  test.each(['/api/agents?waiting=true', '/api/agents?at=2026-01-01', '/api/templates?held=true'])(
    '%s is refused to readers without a read of the registry',
    async (path) => {
      api.calls.length = 0
      for (const [headers, status] of [
        [{}, 401],
        [signedIn, 403],
      ] as const) {
        const { status: answered, json } = await api.get(path, headers)
        expect([answered, json.code]).toEqual([status, 'REMOTE_DENIED'])
      }
      expect(api.calls).toEqual([])
    },
  )
})

test('kinds are listed with what they can do and the number of their definitions', async () => {
  const { json } = await read('listKinds', '/api/kinds')
  const filled = ({ id }: { id: string }) => ['agents', 'templates'].includes(id)
  expect(json.items.filter(filled)).toEqual([
    {
      ...{
        id: 'agents',
        singular: 'agent',
        manifestFile: 'agent.json',
        manifestFiles: ['agent.json', 'agent.yaml'],
        canInstantiate: false,
        hasGraph: false,
      },
      counts: { active: PUBLIC_AGENTS.length - 1, deprecated: 1 },
    },
    expect.objectContaining({ id: 'templates', canInstantiate: true, hasGraph: true }),
  ])
  const all = await read('listKinds', '/api/kinds', publisher)
  expect(all.json.items.find(({ id }: { id: string }) => id === 'agents').counts).toEqual({
    ...{ active: PUBLIC_AGENTS.length - 1, deprecated: 1 },
    ...{ draft: 1, disabled: 1, removed: 0, waiting: 2, held: 0 },
  })
  for (const headers of [{}, publisher]) {
    const tag = (await api.get('/api/kinds', headers)).headers.get('etag')!
    expect((await api.get('/api/kinds', { ...headers, 'if-none-match': tag })).status).toBe(304)
  }
})

describe('a list', () => {
  test('a list by time has those first that moved last, page by page', async () => {
    const whole = await read('listDefinitions', '/api/agents?sort=-updatedAt', publisher)
    expect(ids(whole)[0]).toBe('steady')
    expect([...ids(whole)].sort()).toEqual(ALL_AGENTS)
    const times = whole.json.items.map(({ updatedAt }: { updatedAt: string }) => updatedAt)
    expect(times).toEqual([...times].sort().reverse())
    for (const limit of [1, 3]) {
      const seen: string[] = []
      let cursor: string | null = ''
      while (cursor !== null) {
        const next: Read = await read(
          'listDefinitions',
          `/api/agents?sort=-updatedAt&limit=${limit}${cursor && `&cursor=${cursor}`}`,
          publisher,
        )
        expect(next.json.total).toBe(cursor === '' ? ALL_AGENTS.length : undefined)
        seen.push(...ids(next))
        cursor = next.json.nextCursor
      }
      expect(seen).toEqual(ids(whole))
    }
    const { nextCursor } = (await api.get('/api/agents?sort=-updatedAt&limit=1')).json
    expect((await api.get(`/api/agents?limit=1&cursor=${nextCursor}`)).json.code).toBe('BAD_CURSOR')
  })

  test('a list says on its first page how many definitions there are, as far as the caller may see them', async () => {
    expect((await read('listDefinitions', '/api/agents?limit=1')).json.total).toBe(PUBLIC_AGENTS.length)
    expect((await read('listDefinitions', '/api/agents?limit=1&tag=slow')).json.total).toBe(1)
    expect((await read('listDefinitions', '/api/agents?limit=1', publisher)).json.total).toBe(
      ALL_AGENTS.length,
    )
  })

  test('a list is filtered by owner', async () => {
    const owned = await read('listDefinitions', `/api/agents?owner=${encodeURIComponent('@acme/tools')}`)
    expect(ids(owned)).toContain('steady')
    expect(ids(await read('listDefinitions', '/api/agents?owner=acme'))).toEqual([])
  })

  test('a list shows a table its own fields alone', async () => {
    const { json } = await read('listDefinitions', '/api/agents?view=row&limit=500&tag=slow')
    expect(json.items).toEqual([
      {
        ...{ id: 'steady', name: 'The steady', status: 'active', version: 4, owner: '@acme/tools' },
        ...{ tags: ['slow'], updatedAt: expect.any(String) },
      },
    ])
  })

  test('a list tells publishers who moved what is live, and what waits or is held', async () => {
    const [{ head, version }] = (await read('listDefinitions', '/api/agents?tag=slow', publisher)).json.items
    const { digest } = (await api.get('/api/agents/steady/versions/3', publisher)).json
    expect([version, head]).toEqual([
      4,
      {
        ...{ latestVersion: 5, draftVersion: 5, held: [digest], actor: 'ada@example.com' },
        ...{
          reason: 'loops on large diffs',
          origin: 'rollback',
          dirty: false,
          commitSha: expect.any(String),
        },
      },
    ])
    expect(ids(await read('listDefinitions', '/api/agents?waiting=true', publisher))).toEqual([
      'sketch',
      'steady',
    ])
  })

  test('a list shows what was live at a time', async () => {
    const { json } = await api.get('/api/agents/steady/versions/2', publisher)
    const at = encodeURIComponent(json.createdAt)
    const then = await read('listDefinitions', `/api/agents?at=${at}&tag=slow`, publisher)
    expect(then.json.items).toMatchObject([{ id: 'steady', version: 2, head: { reason: 'because 2' } }])
    const before = await read('listDefinitions', '/api/agents?at=2000-01-01', publisher)
    expect(before.json).toMatchObject({ items: [], total: 0 })
    for (const wrong of ['2026-02-30', 'soon', '2026-01-01T10:00', '2999-01-01']) {
      const { status, json: problem } = await api.get(`/api/agents?at=${wrong}`, publisher)
      expect([wrong, status, problem.code]).toEqual([wrong, 400, 'USAGE'])
    }
  })
})

describe('a definition', () => {
  test('a definition says since when it is live, and publishers see what waits, what is held, who and why', async () => {
    const open = await read('showDefinition', '/api/agents/steady')
    const { createdAt } = (await api.get('/api/agents/steady/versions/4')).json
    expect(open.json).toMatchObject({ version: 4, latestVersion: 4, liveSince: createdAt })
    const { json } = await read('showDefinition', '/api/agents/steady', publisher)
    expect(json).toMatchObject({
      ...{ version: 4, latestVersion: 5, draftVersion: 5, liveSince: createdAt, held: [expect.any(String)] },
      ...{ actor: 'ada@example.com', reason: 'loops on large diffs', dirty: false },
    })
    const sketch = await read('showDefinition', '/api/agents/sketch', publisher)
    expect(sketch.json).toMatchObject({ live: false, liveSince: null, latestVersion: 1, draftVersion: 1 })
  })

  test('a newer draft changes the tag of publishers, which still names the live version for a move', async () => {
    const id = 'twice'
    resultOf(await publish(api.ports.registry, [packAgent(id, 'One.\n')]))
    const tagOf = async (headers = {}) => (await api.get(`/api/agents/${id}`, headers)).headers.get('etag')!
    const [open, inner] = [await tagOf(), await tagOf(publisher)]
    resultOf(await publish(api.ports.registry, [packAgent(id, 'Two.\n', { status: 'draft' }, 1)]))
    expect(await tagOf()).toBe(open)
    expect(await tagOf(publisher)).not.toBe(inner)
    const known = (tag: string, headers = {}) =>
      api.get(`/api/agents/${id}`, { ...headers, 'if-none-match': tag })
    expect((await known(open)).status).toBe(304)
    expect((await known(inner, publisher)).status).toBe(200)
    const move = await post(
      api,
      `/api/agents/${id}/promote`,
      { version: 2 },
      { ...publisher, 'if-match': inner },
    )
    expect(move.status).toBe(200)
    const late = await post(
      api,
      `/api/agents/${id}/disable`,
      { reason: 'x' },
      { ...publisher, 'if-match': inner },
    )
    expect(late.status).toBe(412)
  })
})

test('versions tell publishers who made them, why, and which release they undid', async () => {
  const { json } = await read('listVersions', '/api/agents/steady/versions', publisher)
  expect(
    json.items.map(({ version, actor, reason, dirty }: Record<string, unknown>) => [
      version,
      actor,
      reason,
      dirty,
    ]),
  ).toEqual([
    [5, 'test@example.com', null, true],
    [4, 'ada@example.com', 'loops on large diffs', false],
    [3, 'test@example.com', 'because 3', false],
    [2, 'test@example.com', 'because 2', false],
    [1, 'test@example.com', null, false],
  ])
  expect(json.items[2].commitRef).toBe('main')
  const undo = await api.ports.registry.sync('agents', {
    ...{ action: 'rollback', target: { release: json.items[0].releaseId }, reason: 'not yet' },
    ...{ actor: 'test@example.com', key: freshKey() },
  })
  expect(resultOf(undo).outcomes).toHaveLength(1)
  const after = await read('listVersions', '/api/agents/steady/versions?limit=1', publisher)
  expect(after.json.items[0].undoes).toBe(json.items[0].releaseId)
  const { version } = after.json.items[0]
  const one = await read('showVersion', `/api/agents/steady/versions/${version}`, publisher)
  expect(one.json).toMatchObject({ undoes: json.items[0].releaseId, reason: 'not yet' })
  // From when to when readers got each, as the question what was live then has it; also over the ends of pages.
  const { items } = (await read('listVersions', '/api/agents/steady/versions', publisher)).json
  const paged = []
  for (let path = '/api/agents/steady/versions?limit=1'; ; ) {
    const { json: page } = await read('listVersions', path, publisher)
    paged.push(...page.items)
    if (page.nextCursor === null) break
    path = `/api/agents/steady/versions?limit=1&cursor=${encodeURIComponent(page.nextCursor)}`
  }
  expect(paged).toEqual(items)
  for (const { version, status, createdAt, lived } of items) {
    const at = encodeURIComponent(createdAt)
    const { live, until } = (await read('showLive', `/api/agents/steady/live?at=${at}`, publisher)).json
    expect([version, lived]).toEqual([version, live?.version === version ? { from: createdAt, until } : null])
    expect(lived === null).toBe(status === 'draft' || status === 'removed' || status === 'disabled')
  }
  expect(items.filter(({ lived }: { lived: unknown }) => lived === null).length).toBeGreaterThan(0)
  const tags = [
    await api.get('/api/agents/steady/versions/1'),
    await api.get('/api/agents/steady/versions/1', publisher),
  ]
  expect(new Set(tags.map(({ headers }) => headers.get('etag'))).size).toBe(2)
})

describe('a diff', () => {
  const LINES = Array.from({ length: 60 }, (_, line) => `Line ${line}.`)
  const write = (lines: string[]) => `${lines.join('\n')}\n`

  test('a diff has as many lines around a change as it is asked for', async () => {
    const id = 'long'
    resultOf(await publish(api.ports.registry, [packAgent(id, write(LINES))]))
    const changed = LINES.with(30, 'Another line.')
    resultOf(await publish(api.ports.registry, [packAgent(id, write(changed), {}, 1)]))
    const patch = async (query: string) => {
      const answer = await read('diffVersions', `/api/agents/${id}/diff?from=1&to=2${query}`)
      return {
        tag: answer.headers.get('etag'),
        lines: answer.json.files[0].patch.split('\n').filter((line: string) => line.startsWith(' ')).length,
      }
    }
    const seen = [
      await patch(''),
      await patch('&context=0'),
      await patch('&context=10'),
      await patch('&context=1000'),
    ]
    expect(seen.map(({ lines }) => lines)).toEqual([6, 0, 20, 59])
    expect(new Set(seen.map(({ tag }) => tag)).size).toBe(4)
  })

  test('a diff has the highest risks first', async () => {
    const id = 'riskier'
    resultOf(await publish(api.ports.registry, [packAgent(id, 'Careful.\n')]))
    const permissions = { network: true, secrets: ['DEPLOY_TOKEN'] }
    const next = packAgent(id, 'Careful.\n', { permissions, resourceProfile: { maxCostUsd: 9 } }, 1)
    resultOf(await publish(api.ports.registry, [next]))
    const { json } = await read('diffVersions', `/api/agents/${id}/diff?from=1&to=2`)
    const levels: string[] = json.risks.map(({ level }: { level: string }) => level)
    expect(new Set(levels).size).toBeGreaterThan(1)
    const order = levels.map((level) => ['high', 'medium', 'low'].indexOf(level))
    expect(order).toEqual([...order].sort())
  })

  test('a diff compares a preview with what is live in production', async () => {
    await raisePreview(api, 'pr-9')
    const inside = api.ports.inPreview('pr-9').registry
    const head = await inside.head('agents', 'oddly')
    const changed = packAgent('oddly', 'You are another.\n', {}, head?.latestVersion)
    await publishInside(inside, [changed, packAgent('brand-new', 'New.\n')])
    const path = (id: string, to: number) => `/api/agents/${id}/diff?env=pr-9&from=production&to=${to}`
    const { json } = await read('diffVersions', path('oddly', 2), publisher)
    expect(json).toMatchObject({ from: { version: 1 }, to: { version: 2 } })
    expect(json.files[0].patch).toContain('+You are another.')
    const absent = await api.get(path('brand-new', 1), publisher)
    expect([absent.status, absent.json.code]).toEqual([404, 'NOT_FOUND'])
    for (const [headers, status] of [
      [{}, 401],
      [signedIn, 403],
    ] as const)
      expect((await api.get(path('oddly', 2), headers)).status).toBe(status)
  })
})
