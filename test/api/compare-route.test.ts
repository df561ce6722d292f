import { afterAll, beforeAll, expect, test } from 'vitest'
import { commitAt, packAgent, publish, resultOf } from '../cloud/support/definitions.ts'
import { type ApiUnderTest, openApiUnderTest, packSamples } from './support/api-under-test.ts'
import { expectPromised } from './support/promised.ts'
import { expectProblem, post, publishTemplates, stored } from './support/writing.ts'

let api: ApiUnderTest
let publisher: Record<string, string>
beforeAll(async () => {
  api = await openApiUnderTest()
  publisher = await api.token()
  await publishTemplates(api)
})
afterAll(() => api?.close())

type Texts = Record<string, string>
const textsOf = (id: string, prompt: string, rest: object = {}): Texts =>
  Object.fromEntries(packAgent(id, prompt, rest).item.files.map(({ path, text = '' }) => [path, text]))

/** Compares a folder; nothing may be stored. */
const compare = (id: string, files: Texts, kind = 'agents') => compareSent(id, { files }, kind)

async function compareSent(id: string, sent: { files: Texts; assets?: object }, kind: string) {
  const before = await stored(api)
  const answer = await post(api, `/api/${kind}/${id}/compare`, sent, publisher)
  expect(await stored(api)).toEqual(before)
  return expectPromised('compareDefinition', answer).json
}

test('a new definition is added, with its risks and without a diff', async () => {
  const found = await compare('brand-new', textsOf('brand-new', 'New.\n', { permissions: { shell: true } }))
  expect(found).toMatchObject({ action: 'add', diff: null, breaks: [], findings: [] })
  expect(found.risks[0]).toMatchObject({ id: 'permission-shell', level: 'high' })
})

test('a published definition is unchanged, whatever its line ends, and a changed one is compared', async () => {
  const packed = packAgent('compared', 'One line.\nTwo lines.\n')
  resultOf(await publish(api.ports.registry, [packed], { commit: commitAt(100) }))
  const same = textsOf('compared', 'One line.\nTwo lines.\n')
  expect(await compare('compared', same)).toMatchObject({
    action: 'unchanged',
    diff: { fields: [], files: [] },
    risks: [],
  })
  const folded = Object.fromEntries(
    Object.entries(same).map(([path, text]) => [path, text.replaceAll('\n', '\r\n')]),
  )
  expect((await compare('compared', folded)).action).toBe('unchanged')
  const changed = await compare('compared', textsOf('compared', 'One line.\nThree lines.\n', { tags: ['x'] }))
  expect(changed).toMatchObject({ action: 'change', diff: { fields: [{ path: 'tags' }] } })
  expect(changed.diff.files[0].patch).toContain('-Two lines.\n+Three lines.')
})

test('what goes live over a draft is compared with the live version, as by a publish', async () => {
  const id = 'drafted'
  resultOf(await publish(api.ports.registry, [packAgent(id, 'Live.\n', { tags: ['live'] })]))
  const draft = packAgent(id, 'Draft.\n', { status: 'draft', tags: ['draft'] }, 1)
  resultOf(await publish(api.ports.registry, [draft], { commit: commitAt(2) }))
  const found = await compare(id, textsOf(id, 'Next.\n', { tags: ['next'] }))
  expect(found).toMatchObject({ action: 'change', diff: { fields: [{ path: 'tags', before: ['live'] }] } })
  expect(found.risks).toEqual([])
  const other = await compare(id, textsOf(id, 'Next.\n', { status: 'draft', tags: ['next'] }))
  expect(other).toMatchObject({ action: 'change', diff: { fields: [{ path: 'tags', before: ['draft'] }] } })
})

test('held content stays held, with the reason', async () => {
  const id = 'once-bad'
  resultOf(await publish(api.ports.registry, [packAgent(id, 'Good.\n')]))
  resultOf(await publish(api.ports.registry, [packAgent(id, 'Bad.\n', {}, 1)]))
  const body = { targetVersion: 1, reason: 'it loops' }
  expect((await post(api, `/api/agents/${id}/rollback`, body, publisher)).status).toBe(200)
  expect(await compare(id, textsOf(id, 'Bad.\n'))).toMatchObject({
    action: 'held',
    note: expect.stringContaining('it loops'),
  })
})

test('a definition that others need names what would break', async () => {
  const { manifest, texts } = (await api.get('/api/agents/triager')).json
  const skills = [{ id: 'other', name: 'Other', description: 'Works.' }]
  const bare = { ...texts, 'agent.json': `${JSON.stringify({ ...manifest, skills, version: '90.0.0' })}\n` }
  const { breaks, action } = await compare('triager', bare)
  expect(breaks).toContain('templates/triage-issue')
  expect(action).toBe('change')
})

test('findings are those of validate, and an error refuses the publish', async () => {
  const files = { ...textsOf('wrong', 'Text.\n'), 'notes.md': 'Nobody names this file.\n' }
  const warned = await compare('wrong', files)
  const validated = await post(api, '/api/agents/validate', { id: 'wrong', files })
  expect(warned.findings).toEqual(validated.json.errors)
  expect(warned.action).toBe('add')
  const broken = await compare('wrong', textsOf('other-id', 'Text.\n'))
  expect(broken).toMatchObject({ action: 'refused' })
  expect(broken.findings.length).toBeGreaterThan(0)
  expect(await compare('wrong', { 'agent.json': '{' })).toMatchObject({
    ...{ action: 'refused', diff: null, risks: [], breaks: [] },
  })
})

test('every sample is unchanged when its assets are named by hash, and changed by another hash', async () => {
  for (const kind of ['agents', 'templates'])
    for (const { item } of packSamples(kind)) {
      const texts = item.files.flatMap(({ path, text }) => (text === undefined ? [] : [[path, text]]))
      const assets = item.files.flatMap(({ path, text, size, sha256 }) =>
        text === undefined ? [[path, { size, sha256 }]] : [],
      )
      const sent = { files: Object.fromEntries(texts), assets: Object.fromEntries(assets) }
      const found = await compareSent(item.id, sent, kind)
      expect([item.id, found.action, found.diff]).toEqual([item.id, 'unchanged', { fields: [], files: [] }])
      const [path] = Object.keys(sent.assets)
      if (path === undefined) continue
      const other = { ...sent.assets, [path]: { size: 3, sha256: 'f'.repeat(64) } }
      const changed = await compareSent(item.id, { ...sent, assets: other }, kind)
      expect(changed).toMatchObject({ diff: { files: [{ path, change: 'changed' }] } })
    }
})

test('an asset is named below assets/ and by a whole hash', async () => {
  const files = textsOf('hashed', 'Text.\n')
  for (const assets of [
    { 'prompts/x.md': { size: 1, sha256: 'f'.repeat(64) } },
    { 'assets/x': { size: 1, sha256: 'F00' } },
  ])
    expectProblem(
      await post(api, '/api/agents/hashed/compare', { files, assets }, publisher),
      400,
      'BAD_REQUEST',
    )
})

test('a comparison is refused to readers before its body and the registry are read', async () => {
  api.calls.length = 0
  const signedIn = await api.token({ role: 'reader' })
  expectProblem(await post(api, '/api/agents/reviewer/compare', '{'), 401, 'REMOTE_DENIED')
  expectProblem(await post(api, '/api/agents/reviewer/compare', '{', signedIn), 403, 'REMOTE_DENIED')
  expect(api.calls).toEqual([])
  const other = { id: 'triager', files: {} }
  expectProblem(await post(api, '/api/agents/reviewer/compare', other, publisher), 400, 'BAD_REQUEST')
  expectProblem(await post(api, '/api/agents/reviewer/compare', { text: '' }, publisher), 400, 'BAD_REQUEST')
})
