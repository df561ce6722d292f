import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { inOrder } from '../../src/core/graph/order.ts'
import { packAgent, packFiles, publish, resultOf } from '../cloud/support/definitions.ts'
import { agent } from '../harness/project.ts'
import { type ApiUnderTest, openApiUnderTest, packSamples, type Read } from './support/api-under-test.ts'
import { readerOf } from './support/promised.ts'
import { post, publishTemplates } from './support/writing.ts'

let api: ApiUnderTest
let publisher: Record<string, string>
let signedIn: Record<string, string>
const read = readerOf(() => api)

beforeAll(async () => {
  api = await openApiUnderTest()
  publisher = await api.token()
  signedIn = await api.token({ role: 'reader' })
  await publishTemplates(api)
})
afterAll(() => api?.close())

const named = (links: { kind: string; id: string; relation: string }[]) =>
  links.map(({ kind, id, relation }) => `${relation} ${kind}/${id}`).sort()

/** A template of the samples that is the draft of another id, and needs the same agents. */
async function publishDraftLike(id: string, as: string): Promise<void> {
  const sample = packSamples('templates').find(({ item }) => item.id === id)!
  const texts = Object.fromEntries(sample.item.files.map(({ path, text = '' }) => [path, text]))
  const { deprecation: _, ...manifest } = JSON.parse(texts['template.json']!)
  const draft = { ...manifest, templateId: as, status: 'draft' }
  const packed = packFiles('templates', as, { ...texts, 'template.json': `${JSON.stringify(draft)}\n` })
  resultOf(await publish(api.ports.registry, [packed], { kind: 'templates' }))
}

describe('links', () => {
  test('the links of a template name the agents that it needs, each with what is live of it', async () => {
    const { json } = await read('showLinks', '/api/templates/triage-issue/links')
    const triager = (await api.get('/api/agents/triager')).json
    expect(named(json.needs)).toContain('requires agents/triager')
    for (const { met } of json.needs) expect(met).toBe(true)
    expect(json.needs.find(({ id }: { id: string }) => id === 'triager')).toMatchObject({
      live: { version: triager.version, declaredVersion: triager.declaredVersion },
    })
    expect(json).toMatchObject({
      kind: 'templates',
      id: 'triage-issue',
      version: 1,
      neededBy: [],
      more: false,
    })
  })

  test('the links of an agent name the templates that need it, drafts for publishers alone', async () => {
    await publishDraftLike('triage-issue', 'triage-later')
    const open = await read('showLinks', '/api/agents/triager/links')
    const signed = await read('showLinks', '/api/agents/triager/links', signedIn)
    expect(signed.text).toBe(open.text)
    expect(open.text).not.toContain('triage-later')
    const ids = ({ json }: Read) => new Set(json.neededBy.map(({ id }: { id: string }) => id))
    expect(ids(open)).toContain('triage-issue')
    const inner = await read('showLinks', '/api/agents/triager/links', publisher)
    expect(ids(inner)).toEqual(new Set([...ids(open), 'triage-later']))
    const draft = inner.json.neededBy.find(({ id }: { id: string }) => id === 'triage-later')
    expect(draft).toMatchObject({ version: null, kind: 'templates' })
  })

  test('the links of a version say what would hold if it were live', async () => {
    const { json: live } = await read('showLinks', '/api/agents/triager/links')
    expect(live.neededBy.every(({ met }: { met: boolean }) => met)).toBe(true)
    // A draft without the skills and with a version out of every range.
    const draft = packAgent('triager', 'You triage.\n', { status: 'draft', version: '99.0.0' }, 1)
    resultOf(await publish(api.ports.registry, [draft]))
    const { json: tried } = await read('showLinks', '/api/agents/triager/links?version=2', publisher)
    expect(tried.version).toBe(2)
    const unmet: string[] = tried.neededBy
      .filter(({ met }: { met: boolean }) => !met)
      .map(({ kind, id }: { kind: string; id: string }) => `${kind}/${id}`)
    expect(live.breaks).toEqual([])
    expect(unmet).toContain('templates/triage-later')
    // A draft breaks for no reader, and neither does what an operator disabled.
    const broken = [...new Set(unmet)].filter((name) => name !== 'templates/triage-later')
    expect(tried.breaks).toEqual(broken)
    expect(broken).toContain('templates/triage-issue')
    const path = '/api/templates/triage-issue'
    for (const [verb, breaks] of [
      ['disable', broken.filter((name) => name !== 'templates/triage-issue')],
      ['enable', broken],
    ] as const) {
      const moved = await post(api, `${path}/${verb}`, { reason: 'a try' }, publisher)
      expect(moved.status).toBe(200)
      const { json } = await read('showLinks', '/api/agents/triager/links?version=2', publisher)
      expect(json.breaks).toEqual(breaks)
    }
    for (const headers of [{}, signedIn]) {
      const hidden = await api.get('/api/agents/triager/links?version=2', headers)
      expect([hidden.status, hidden.json.code]).toEqual([404, 'NOT_FOUND'])
    }
  })

  test('a definition that is hidden from readers is not found by its links, and is not named as live', async () => {
    const successor = { replacedBy: 'secret-plan', message: 'Retired.' }
    resultOf(await publish(api.ports.registry, [packAgent('secret-plan', 'Hidden.\n', { status: 'draft' })]))
    const old = packFiles('agents', 'retired', {
      'agent.json': `${JSON.stringify(agent('retired', { status: 'deprecated', deprecation: successor }))}\n`,
      'prompts/system.md': 'Old.\n',
    })
    resultOf(await publish(api.ports.registry, [old]))
    const { json } = await read('showLinks', '/api/agents/retired/links')
    expect(json.needs).toMatchObject([{ id: 'secret-plan', relation: 'mentions', live: null, met: false }])
    const inner = await read('showLinks', '/api/agents/retired/links', publisher)
    expect(inner.json.needs).toMatchObject([{ id: 'secret-plan', live: null, met: true }])
    for (const path of ['links', 'graph', 'live?at=2026-01-01'])
      for (const headers of [{}, signedIn]) {
        const [hidden, absent] = await Promise.all(
          ['secret-plan', 'never-there'].map((id) => api.get(`/api/agents/${id}/${path}`, headers)),
        )
        const { instance: _, ...problem } = hidden!.json
        const { instance: __, ...other } = absent!.json
        expect(JSON.stringify(problem).replaceAll('secret-plan', 'x')).toBe(
          JSON.stringify(other).replaceAll('never-there', 'x'),
        )
      }
  })

  test('links are revalidated by their tag until anything moves', async () => {
    const tag = async (headers = {}) =>
      (await api.get('/api/agents/reviewer/links', headers)).headers.get('etag')!
    const before = await tag()
    expect((await api.get('/api/agents/reviewer/links', { 'if-none-match': before })).status).toBe(304)
    expect(await tag(publisher)).not.toBe(before)
    resultOf(await publish(api.ports.registry, [packAgent('unrelated', 'Else.\n')]))
    expect(await tag()).not.toBe(before)
  })

  test('an agent that thousands need has a bounded answer that says so', async () => {
    const many = Array.from({ length: 203 }, (_, at) =>
      packAgent(`fan-${at}`, 'Old.\n', {
        status: 'deprecated',
        deprecation: { replacedBy: 'reviewer', message: 'Retired.' },
      }),
    )
    resultOf(await publish(api.ports.registry, many))
    const { json } = await read('showLinks', '/api/agents/reviewer/links')
    expect([json.neededBy.length, json.more]).toEqual([200, true])
  })
})

describe('a graph', () => {
  test('the graph of a template has its steps, and an agent has none', async () => {
    const { json, headers } = await read('showGraph', '/api/templates/publish-release/graph')
    const { manifest } = (await api.get('/api/templates/publish-release')).json
    const steps = manifest.defaultPlan.steps.map(({ id }: { id: string }) => id)
    expect(json.nodes.map(({ id }: { id: string }) => id)).toEqual(expect.arrayContaining(steps))
    expect(inOrder(json)).toHaveLength(json.nodes.length)
    const again = { 'if-none-match': headers.get('etag')! }
    expect((await api.get('/api/templates/publish-release/graph', again)).status).toBe(304)
    for (const path of ['/api/agents/reviewer/graph', '/api/templates/publish-release/graph?version=9'])
      expect([path, (await api.get(path)).status]).toEqual([path, 404])
  })
})
