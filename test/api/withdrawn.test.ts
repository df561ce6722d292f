import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ROUTES } from '../../src/api/routes/routes.ts'
import { rollback } from '../../src/core/rollback.ts'
import { withdraw } from '../../src/core/withdraw.ts'
import { packAgent, publish, resultOf } from '../cloud/support/definitions.ts'
import { type ApiUnderTest, openApiUnderTest } from './support/api-under-test.ts'
import { publishInside, raisePreview } from './support/preview.ts'
import { expectProblem } from './support/writing.ts'

const LEAKED = 'The token is hunter2.\n'
const WHO = { actor: 'ann', reason: 'a token' }

let api: ApiUnderTest
let publisher: Record<string, string>
let bundle: string
beforeAll(async () => {
  api = await openApiUnderTest()
  publisher = await api.token()
  const { registry } = api.ports
  resultOf(await publish(registry, [packAgent('one', 'You are good.\n')]))
  const leaked = packAgent('one', LEAKED, { description: 'It is hunter2.' }, 1)
  bundle = leaked.item.bundle.path
  await raisePreview(api, 'pr-1')
  const inside = api.ports.inPreview('pr-1').registry
  await publishInside(inside, [packAgent('one', LEAKED, { description: 'It is hunter2.' }, 1)])
  resultOf(await publish(registry, [leaked]))
  await rollback(registry, 'agents', { target: { kind: 'agents', id: 'one', toVersion: 1 }, ...WHO })
})
afterAll(() => api?.close())

const OF_VERSION_2 = ['versions/2', 'bundle?version=2', 'diff?from=1&to=2', 'diff?from=2&to=3']
const object = (prefix = '') => api.ports.service.storage.from('registry').download(prefix + bundle)

/** Everything that PostgREST gives a caller from the registry's tables and views, as one text. */
async function everythingOf(client: ApiUnderTest['ports']['service']): Promise<string> {
  const tables = ['registry_heads', 'registry_revisions', 'registry_releases', 'registry_events']
  const more = ['agent_registry', 'template_instantiations', 'registry_validation_reports', 'registry_staged']
  const answers = await Promise.all([...tables, ...more].map((table) => client.from(table).select('*')))
  return JSON.stringify(answers)
}

/** The tests are the days of one leak: each begins where the last one ended. */
describe('a leaked version', () => {
  test.each(OF_VERSION_2)(
    'a version that was rolled back can be read by publishers alone: %s',
    async (path) => {
      expectProblem(await api.get(`/api/agents/one/${path}`), 404, 'NOT_FOUND')
      expect([200, 302]).toContain((await api.get(`/api/agents/one/${path}`, publisher)).status)
    },
  )

  test('a version that was rolled back is in no public list and in no public answer of the REST layer', async () => {
    const versions = async (headers = {}) =>
      (await api.get('/api/agents/one/versions', headers)).json.items.map(
        (one: { version: number }) => one.version,
      )
    expect([await versions(), await versions(publisher)]).toEqual([
      [3, 1],
      [3, 2, 1],
    ])
    const columns = 'id,version,texts,manifest,metadata'
    const reader = api.ports.reader()
    const { data } = await reader.from('registry_revisions').select(columns).eq('id', 'one')
    expect(data).toHaveLength(2)
    expect(JSON.stringify(data)).not.toContain('hunter2')
    expect(await everythingOf(api.ports.service)).toContain('hunter2')
    for (const place of ['', 'preview-pr-1/']) expect((await object(place)).error).toBeNull()
  })

  test('a withdrawn version is removed from the tables, from storage and from previews with the same content', async () => {
    const { registry } = api.ports
    const request = { kind: 'agents', id: 'one', version: 2, ...WHO }
    const result = await withdraw(registry, request)
    expect(result).toMatchObject({
      releaseId: expect.any(String),
      outcomes: [{ outcome: 'withdrawn', version: 2 }],
    })
    expect(result).not.toHaveProperty('objects')
    expect(await withdraw(registry, request)).toEqual({ ...result, replayed: true })
    expect(await everythingOf(api.ports.service)).not.toContain('hunter2')
    expect((await object()).data).toBeNull()
    expect((await object('preview-pr-1/')).data).toBeNull()
    const copy = await api.ports.inPreview('pr-1').registry.revision('agents', 'one', 2)
    expect(copy).toMatchObject({
      texts: {},
      manifest: {},
      files: [],
      withdrawn: { by: 'ann', reason: 'a token' },
    })
  })

  test.each(OF_VERSION_2)('a withdrawn version is gone for every caller: %s', async (path) => {
    for (const headers of [{}, publisher]) {
      const answer = await api.get(`/api/agents/one/${path}`, headers)
      expectProblem(answer, 410, 'WITHDRAWN')
      expect(answer.text).not.toMatch(/hunter2|a token/)
    }
  })

  test('a withdrawn version stays a line in the list and an event, and the agent can be read as before', async () => {
    const list = await api.get('/api/agents/one/versions')
    const shape = ROUTES.find(({ name }) => name === 'listVersions')?.responses[200]?.schema
    expect(shape?.safeParse(list.json).error?.issues).toBeUndefined()
    expect(list.json.items).toMatchObject([
      { version: 3, withdrawnAt: null },
      { version: 2, withdrawnAt: expect.any(String) },
      { version: 1, withdrawnAt: null },
    ])
    const events = await api.get('/api/events?since=0')
    expect(events.json.events.at(-1)).toMatchObject({ type: 'agent.withdrawn', id: 'one', version: 2 })
    expect((await api.get('/api/agents/one')).json).toMatchObject({ version: 3 })
  })
})
