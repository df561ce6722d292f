import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { commitAt, type Packed, packAgent, publish, resultOf } from '../cloud/support/definitions.ts'
import { agent } from '../harness/project.ts'
import { type ApiUnderTest, openApiUnderTest, type Read } from './support/api-under-test.ts'
import { openStreams } from './support/event-reader.ts'
import { ALL_AGENTS, fillRegistry, PUBLIC_AGENTS } from './support/filled-registry.ts'
import { publishInside, raisePreview, readerIn } from './support/preview.ts'
import { expectProblem, freshKey, post, stored } from './support/writing.ts'

const ENV = 'pr-7'

const TRIAGE = ['issue-triage', 'duplicate-search'].map((id) => ({ id, name: id, description: 'Works.' }))

let api: ApiUnderTest
let publisher: Record<string, string>
let read: ReturnType<typeof readerIn>

/** Publishes the branch's current definitions into the preview. */
const branchPublishes = (...packed: Packed[]) => publishInside(api.ports.inPreview(ENV).registry, packed)

beforeAll(async () => {
  api = await openApiUnderTest()
  publisher = await api.token()
  await fillRegistry(api)
  read = readerIn(api, ENV, publisher)
  await raisePreview(api, ENV)
  await branchPublishes(
    packAgent('steady', 'You are steady, of the branch.\n', { tags: ['quick'], version: '4.0.0' }, 3),
    packAgent('newcomer', 'You are new.\n'),
    packAgent('triager', 'You triage for the branch.\n', { skills: TRIAGE }, 1),
    packAgent('idea', 'You are an idea.\n', { status: 'draft' }),
  )
})
afterAll(() => api?.close())

const ids = ({ json }: Read) => json.items.map(({ id }: { id: string }) => id)
const OVERLAID = [...ALL_AGENTS, 'idea', 'newcomer'].sort()

describe('a list of a preview', () => {
  test('the list of a preview has its own definitions over those of production, drafts included', async () => {
    const list = await read('listDefinitions', '/api/agents')
    expect(ids(list)).toEqual(OVERLAID)
    const shown = Object.fromEntries(list.json.items.map((item: { id: string }) => [item.id, item]))
    expect(shown.steady).toMatchObject({ version: 4, tags: ['quick'], declaredVersion: '4.0.0' })
    expect(shown.idea).toMatchObject({ version: null, status: 'draft' })
    expect(shown.reviewer).toEqual(
      (await api.get('/api/agents?limit=100', publisher)).json.items.find(isReviewer),
    )
    expect(ids(await read('listDefinitions', '/api/agents?tag=quick'))).toEqual(['steady'])
    expect(ids(await read('listDefinitions', '/api/agents?tag=slow'))).toEqual([])
  })
  const isReviewer = ({ id }: { id: string }) => id === 'reviewer'

  test.each([1, 3, 4])(
    'the list of a preview read by pages of %i shows every definition once',
    async (limit) => {
      const seen: string[] = []
      // The links name the environment, whichever way the request named it.
      const named = { ...publisher, 'x-nofx-env': ENV }
      let answer = await api.get(`/api/agents?limit=${limit}`, named)
      for (let pages = 0; pages < 20; pages++) {
        seen.push(...ids(answer))
        const link = /^<([^>]+)>; rel="next"$/.exec(answer.headers.get('link') ?? '')?.[1]
        if (!link) break
        expect(link).toContain(`env=${ENV}`)
        answer = await api.get(link, publisher)
      }
      expect(seen).toEqual(OVERLAID)
    },
  )

  test('the list of a preview shows what was changed in the preview since an event', async () => {
    const { updatedSince } = (await read('listDefinitions', '/api/agents')).json
    expect(ids(await read('listDefinitions', `/api/agents?updatedSince=${updatedSince}`))).toEqual([])
    await branchPublishes(packAgent('newcomer', 'You are newer.\n', {}, 1))
    const since = await read('listDefinitions', `/api/agents?updatedSince=${updatedSince}`)
    expect(ids(since)).toEqual(['newcomer'])
  })
})

describe('one definition of a preview', () => {
  test('a definition of a preview is the branch’s, and its versions continue those of production', async () => {
    const { json } = await read('showDefinition', '/api/agents/steady')
    expect(json).toMatchObject({
      version: 4,
      texts: { 'prompts/system.md': 'You are steady, of the branch.\n' },
    })
    const versions = (await read('listVersions', '/api/agents/steady/versions')).json.items
    expect(versions.map(({ version }: { version: number }) => version)).toEqual([4, 3, 2, 1])
    const first = await read('listVersions', '/api/agents/steady/versions?limit=3')
    const rest = `/api/agents/steady/versions?limit=3&cursor=${first.json.nextCursor}`
    expect([...first.json.items, ...(await read('listVersions', rest)).json.items]).toEqual(versions)
    expect((await read('showVersion', '/api/agents/steady/versions/4')).json.digest).toBe(json.digest)
    const { json: diff } = await read('diffVersions', '/api/agents/steady/diff?from=3&to=4')
    expect(diff.files[0].patch).toContain('+You are steady, of the branch.')
  })

  test('a definition of a preview has its own bundle, and production’s where it is unchanged', async () => {
    const folders = { '': `preview-${ENV}/agents/`, '&version=3': 'agents/' }
    for (const [version, folder] of Object.entries(folders)) {
      const { status, headers } = await api.get(`/api/agents/steady/bundle?env=${ENV}${version}`, publisher)
      expect([status, headers.get('cache-control')]).toEqual([302, 'private, no-store'])
      const location = headers.get('location')!
      expect(location).toContain(`/storage/v1/object/sign/registry/${folder}steady/`)
      const archive = await api.cloud.fetch(location)
      const bytes = gunzipSync(new Uint8Array(await archive.arrayBuffer()))
      expect(bytes.includes('of the branch')).toBe(version === '')
    }
  })

  test('an unchanged definition of a preview follows production, and has no tag that hides a change', async () => {
    const other = await read('showDefinition', '/api/agents/oddly')
    const { headers } = await api.get('/api/agents/oddly', publisher)
    expect(other.headers.get('etag')).toBe(headers.get('etag')!.replace(/"$/, `-in-${ENV}"`))
    const list = await read('listDefinitions', '/api/agents')
    expect(list.headers.get('etag')).toBeNull()
    const packed = packAgent('oddly', 'Oddly moved.\n', {}, 1)
    resultOf(await publish(api.ports.registry, [packed], { commit: commitAt(9) }))
    const known = { 'if-none-match': '*' }
    expect((await read('showDefinition', '/api/agents/oddly', known)).json.version).toBe(2)
    expect((await read('listDefinitions', '/api/agents', known)).text).not.toBe(list.text)
  })
})

test('the feed of a preview has its events, from its beginning and as they happen', async () => {
  const page = (await read('listEvents', '/api/events')).json
  const told = page.events.map(({ type, id }: { type: string; id: string }) => `${type} ${id}`)
  expect(told.slice(0, 3).sort()).toEqual([
    'agent.added idea',
    'agent.added newcomer',
    'agent.updated steady',
  ])
  const last = page.events.at(-1).seq
  expect((await read('listEvents', '/api/events?since=now')).json).toEqual({
    cursor: last,
    mark: expect.any(String),
    events: [],
  })
  const reader = await openStreams(api.ports).open(`/api/events?env=${ENV}&since=${last}`, publisher)
  expect(reader.response.headers.get('content-type')).toMatch(/^text\/event-stream/)
  await branchPublishes(packAgent('latecomer', 'You are late.\n'))
  expect(await reader.events(1)).toEqual([`${last + 1} agent.added latecomer`])
  await reader.leave()
})

test('the releases of a preview are those of its branch', async () => {
  const { json } = await read('listReleases', '/api/releases?limit=1', { apikey: api.cloud.keys.secret })
  const rest = await read('listReleases', `/api/releases?cursor=${json.nextCursor}`)
  const all = [...json.items, ...rest.json.items]
  expect(
    all
      .at(-1)
      .outcomes.map(({ id }: { id: string }) => id)
      .sort(),
  ).toEqual(['idea', 'newcomer', 'steady', 'triager'])
  expect(all.length).toBeLessThan(5)
})

test('a cursor is refused in another environment', async () => {
  const paths = ['/api/agents?limit=1', '/api/agents/steady/versions?limit=1', '/api/releases?limit=1']
  await raisePreview(api, 'other')
  for (const path of paths) {
    const cursors = { '': '', pr: `&env=${ENV}` }
    for (const named of Object.values(cursors)) {
      const { json } = await api.get(path + named, publisher)
      for (const other of ['', `&env=${ENV}`, '&env=other'].filter((one) => one !== named)) {
        const answer = await api.get(`${path}&cursor=${json.nextCursor}${other}`, publisher)
        expect([path, named, other, answer.status, answer.json.code]).toEqual([
          path,
          named,
          other,
          400,
          'BAD_CURSOR',
        ])
      }
    }
  }
  const { updatedSince } = (await api.get('/api/agents', publisher)).json
  const elsewhere = await api.get(`/api/agents?env=${ENV}&updatedSince=${updatedSince}`, publisher)
  expect([elsewhere.status, elsewhere.json.code]).toEqual([400, 'BAD_CURSOR'])
})

const ask = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  post(api, `${path}?env=${ENV}`, body, { ...publisher, ...headers })
const shown = (id: string, env = `?env=${ENV}`) => api.get(`/api/agents/${id}${env}`, publisher)

describe('the effects of requests in a preview', () => {
  let before: unknown
  beforeAll(async () => {
    before = await stored(api)
  })
  afterAll(async () => {
    // Requests to a preview never change production.
    expect(await stored(api)).toEqual(before)
  })

  test('a plan that is made in a preview is locked to the versions there', async () => {
    const path = '/api/templates/triage-issue/instantiate'
    const given = { parameters: { repository: 'acme/shop', issue: 7 } }
    const key = { 'idempotency-key': freshKey() }
    const { version, digest } = (await shown('triager')).json
    const first = await ask(path, given, key)
    expect(first).toMatchObject({
      status: 201,
      json: {
        template: { id: 'triage-issue', version: 1 },
        agents: [{ agentId: 'triager', version, digest }],
      },
    })
    expect([version, first.headers.get('cache-control')]).toEqual([2, 'private, no-store'])
    const again = await ask(path, given, key)
    expect([again.status, again.json.planId]).toEqual([200, first.json.planId])
    const dry = await post(api, path, { ...given, dryRun: true }, publisher)
    expect(dry.json.agents).toMatchObject([{ agentId: 'triager', version: 1 }])
  })

  test('a definition sent for validation is checked against the definitions in the preview', async () => {
    const manifest = agent('sent', { dependencies: { agents: ['newcomer'] } })
    const rules = async (path: string) =>
      (await post(api, path, manifest, publisher)).json.errors.map((one: { rule: string }) => one.rule)
    expect(await rules(`/api/agents/validate?env=${ENV}`)).toEqual([])
    expect(await rules('/api/agents/validate')).toEqual(['NOFX_REFERENCE_MISSING'])
  })

  test('a rollback changes the preview alone, for a caller with the preview’s tag', async () => {
    const back = { targetVersion: 1, reason: 'as it was' }
    const [inside, outside] = [await shown('triager'), await shown('triager', '')]
    for (const other of [outside.headers.get('etag')!, inside.headers.get('etag')!.replace(`-in-${ENV}`, '')])
      expectProblem(
        await ask('/api/agents/triager/rollback', back, { 'if-match': other }),
        412,
        'PRECONDITION_FAILED',
      )
    const held = { 'if-match': inside.headers.get('etag')!, 'idempotency-key': freshKey() }
    const headers = { ...publisher, ...held, 'x-nofx-env': ENV }
    const send = () => post(api, '/api/agents/triager/rollback', back, headers)
    const answer = await send()
    expect(answer.json.outcomes).toMatchObject([{ outcome: 'rolled-back', version: 3 }])
    expect((await send()).json).toEqual({ ...answer.json, replayed: true })
    expect((await shown('triager')).json).toMatchObject({ version: 3, digest: outside.json.digest })
  })

  const inside = (hint: string) => (hint.includes(': /api/') ? `${hint}?env=${ENV}` : `${hint} --env ${ENV}`)
  test.each<[path: string, body: object, hint: string]>([
    ['agents/nobody/rollback', { reason: 'x' }, 'see: /api/agents'],
    [
      'agents/triager/rollback',
      { targetVersion: 99, reason: 'x' },
      'see: nofx registry history agents/triager',
    ],
    [
      'agents/steady/promote',
      {},
      'change it and publish a draft: nofx registry publish --draft --only agents/steady',
    ],
    ['templates/triage/instantiate', { parameters: {} }, 'see: nofx registry list templates'],
  ])('the hint of %s stays in the preview', async (path, body, hint) => {
    expect((await ask(`/api/${path}`, body)).json.hint).toBe(inside(hint))
    const named = await post(api, `/api/${path}`, body, { ...publisher, 'x-nofx-env': ENV })
    expect(named.json.hint).toBe(inside(hint))
    expect((await post(api, `/api/${path}`, body, publisher)).json.hint).toBe(hint)
  })

  test('a promotion makes a draft live in the preview alone', async () => {
    api.ports.deployHook = () => expect.unreachable('nothing is deployed from a preview')
    const answer = await ask('/api/agents/idea/promote', { reason: 'good' })
    expect(answer).toMatchObject({ status: 200, json: { outcomes: [{ outcome: 'promoted', version: 2 }] } })
    expect((await shown('idea')).json).toMatchObject({ live: true, status: 'active' })
    expectProblem(await shown('idea', ''), 404, 'NOT_FOUND')
  })
})

test('production shows nothing of any preview', async () => {
  expect(ids(await api.get('/api/agents?limit=100'))).toEqual(PUBLIC_AGENTS)
  expect(ids(await api.get('/api/agents?limit=100', publisher))).toEqual(ALL_AGENTS)
  for (const id of ['newcomer', 'idea', 'latecomer'])
    expect((await api.get(`/api/agents/${id}`, publisher)).status).toBe(404)
  expect((await api.get('/api/agents/steady')).json.version).toBe(3)
})
