import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Diagnostic } from '../../src/contract/diagnostic.ts'
import type { Kind } from '../../src/contract/kind.ts'
import { nameOf } from '../../src/contract/name.ts'
import { SILENT } from '../../src/core/progress.ts'
import { locateFolder } from '../../src/core/tree/tree.ts'
import { checkTree } from '../../src/core/validate/check-tree.ts'
import { byPlace } from '../../src/core/validate/locate.ts'
import { createSurroundings } from '../../src/core/validate/surroundings.ts'
import { agents } from '../../src/plugins/agents/kind.ts'
import { skills } from '../../src/plugins/skills/kind.ts'
import { templates } from '../../src/plugins/templates/kind.ts'
import { packAgent, publish, resultOf } from '../cloud/support/definitions.ts'
import { type ApiUnderTest, openApiUnderTest } from './support/api-under-test.ts'

const CASES = 'test/cases'
const KINDS = [skills, agents, templates]

interface Folder {
  root: string
  kind: Kind
  id: string
  /** Undefined when a file is not UTF-8, which JSON cannot carry. */
  files: Record<string, string> | undefined
}

function readTexts(dir: string): Record<string, string> | undefined {
  const texts: Record<string, string> = {}
  for (const entry of readdirSync(dir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    const bytes = readFileSync(path)
    const text = bytes.toString('utf8')
    if (!Buffer.from(text).equals(bytes)) return undefined
    texts[path.slice(dir.length + 1)] = text
  }
  return texts
}

const folders = readdirSync(CASES).flatMap((name) =>
  KINDS.flatMap((kind): Folder[] => {
    const dir = join(CASES, name, kind.id)
    const ids = existsSync(dir)
      ? readdirSync(dir, { withFileTypes: true }).filter((one) => one.isDirectory())
      : []
    return ids.map(({ name: id }) => ({ root: join(CASES, name), kind, id, files: readTexts(join(dir, id)) }))
  }),
)

/** The result of `nofx validate` for one folder when the registry is unknown. */
async function validateAlone({ root, kind, id }: Folder) {
  const tree = { root, shownPath: 'shared', kinds: KINDS }
  const surroundings = createSurroundings(
    tree,
    new Set([nameOf({ kind: kind.id, id })]),
    async () => 'missing',
  )
  const diagnostics: Diagnostic[] = []
  for await (const checked of checkTree(tree, [locateFolder(tree, kind, id)], surroundings, SILENT))
    diagnostics.push(...checked.diagnostics)
  diagnostics.sort(byPlace)
  const dir = `shared/${kind.id}/${id}`
  return diagnostics.map(({ path, line, column, rule, severity, message, hint }) => ({
    file: path.slice(dir.length + 1),
    line,
    column,
    rule,
    severity,
    message,
    hint,
  }))
}

let api: ApiUnderTest
beforeAll(async () => {
  api = await openApiUnderTest()
})
afterAll(() => api?.close())

/** Sends to a route that writes nothing. */
async function post(path: string, body: string, headers: Record<string, string> = {}) {
  const before = api.calls.length
  const answer = await api.send(path, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...headers },
  })
  expect(api.calls.slice(before).filter((call) => !call.startsWith('GET '))).toEqual([])
  return answer
}

describe('the API gives a whole definition the findings of nofx validate', () => {
  const sendable = folders.filter((folder) => folder.files)

  test('nearly every folder of valid and invalid cases can be sent', () => {
    expect(sendable.length).toBeGreaterThan(75)
    expect(folders.length - sendable.length).toBeLessThan(3)
  })

  test.each(sendable.map((one) => [`${one.root}/${one.kind.id}/${one.id}`, one] as const))(
    '%s',
    async (_, one) => {
      const expected = await validateAlone(one)
      const { status, json } = await post(
        `/api/${one.kind.id}/validate`,
        JSON.stringify({ id: one.id, files: one.files }),
      )
      expect(status).toBe(200)
      expect(json.errors.map(({ field, ...rest }: { field: string }) => rest)).toEqual(expected)
      expect(json.valid).toBe(!expected.some((finding) => finding.severity === 'error'))
    },
  )
})

const MANIFEST = readFileSync('packages/shared/agents/reviewer/agent.json', 'utf8')

describe('a manifest that is sent alone', () => {
  test('a manifest is valid without the files that it names', async () => {
    const { status, json, headers } = await post('/api/agents/validate', MANIFEST)
    expect({ status, json }).toEqual({ status: 200, json: { valid: true, errors: [] } })
    expect(headers.get('cache-control')).toBe('no-store')
  })

  test('findings about a manifest have line and column of the text as sent', async () => {
    const wrong = MANIFEST.replace(/"name": .*/, '"name": "",').replaceAll('\n', '\r\n')
    const line = wrong.split('\n').findIndex((text) => text.includes('"name": ""')) + 1
    const { json } = await post('/api/agents/validate', wrong)
    expect(json.valid).toBe(false)
    expect(json.errors[0]).toEqual({
      field: 'name',
      message: expect.any(String),
      rule: expect.stringMatching(/^NOFX_/),
      severity: 'error',
      hint: expect.any(String),
      file: 'agent.json',
      line,
      column: wrong.split('\n')[line - 1]!.indexOf('""') + 1,
    })
  })

  test('a finding about a missing field names the field', async () => {
    const { agentId, skills } = JSON.parse(MANIFEST)
    const { json } = await post(
      '/api/agents/validate',
      JSON.stringify({ agentId, skills: [{ ...skills[0], name: undefined }] }),
    )
    expect(json.errors.map((one: { field: string }) => one.field)).toEqual(
      expect.arrayContaining(['name', 'description', 'skills[0].name']),
    )
  })

  test('a finding about a repeated key has its position', async () => {
    const twice = MANIFEST.replace('{\n', '{\n  "name": "x",\n')
    const { json } = await post('/api/agents/validate', twice)
    expect(json.errors).toMatchObject([{ rule: 'NOFX_JSON_DUPLICATE_KEY', file: 'agent.json' }])
  })

  test('of 20,000 mistakes some are reported, errors first, with the number of the others', async () => {
    const unknown = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`k${index}`, 1]))
    const { status, json, text } = await post('/api/agents/validate', JSON.stringify(unknown))
    expect([status, json.valid, json.errors.length, json.more]).toEqual([200, false, 500, 19_503])
    expect(text.length).toBeLessThan(200_000)
  })

  test('a manifest of another kind is invalid', async () => {
    const { status, json } = await post('/api/templates/validate', MANIFEST)
    expect([status, json.valid]).toEqual([200, false])
  })
})

describe('a reference of a definition that is sent', () => {
  const helper = (status: string) => packAgent(`helper-${status}`, 'You help.\n', { status })
  const naming = (id: string) => {
    const manifest = JSON.parse(MANIFEST)
    return JSON.stringify({ ...manifest, dependencies: { agents: [id] } })
  }
  beforeAll(async () => {
    resultOf(await publish(api.ports.registry, [helper('active'), helper('draft')]))
  })

  test.each([
    ['is found when it is live', 'helper-active', undefined, []],
    ['is missing when it does not exist', 'nobody-here', undefined, ['NOFX_REFERENCE_MISSING']],
    ['is missing for readers when it is a draft', 'helper-draft', undefined, ['NOFX_REFERENCE_MISSING']],
    ['is a draft for publishers', 'helper-draft', 'publisher', ['NOFX_REFERENCE_NOT_LIVE']],
    ['may not point to the definition itself', 'reviewer', undefined, ['NOFX_REFERENCE_CYCLE']],
  ])('%s', async (_, id, role, rules) => {
    const headers = role ? await api.token({ role }) : {}
    const { status, json } = await post('/api/agents/validate', naming(id), headers)
    expect(status).toBe(200)
    expect(json.errors.map((one: { rule: string }) => one.rule)).toEqual(rules)
    for (const one of json.errors) expect(one.field).toMatch(/^dependencies/)
  })
})

describe('a request that is not a definition', () => {
  const REFUSED: [
    name: string,
    path: string,
    body: string,
    headers: Record<string, string>,
    number,
    string,
  ][] = [
    [
      'a form',
      '/api/agents/validate',
      'a=1',
      { 'content-type': 'application/x-www-form-urlencoded' },
      415,
      'CONTENT_TYPE',
    ],
    ['broken JSON', '/api/agents/validate', '{"name": "x",\n}', {}, 400, 'BAD_REQUEST'],
    ['nothing', '/api/agents/validate', '', {}, 400, 'BAD_REQUEST'],
    ['a list', '/api/agents/validate', '[]', {}, 400, 'BAD_REQUEST'],
    ['null', '/api/agents/validate', 'null', {}, 400, 'BAD_REQUEST'],
    [
      'files that are not texts',
      '/api/agents/validate',
      '{"files": {"agent.json": {}}}',
      {},
      400,
      'BAD_REQUEST',
    ],
    ['files that are a list', '/api/agents/validate', '{"files": ["agent.json"]}', {}, 400, 'BAD_REQUEST'],
    ['files and more', '/api/agents/validate', '{"files": {}, "name": "x"}', {}, 400, 'BAD_REQUEST'],
    ['another kind', '/api/robots/validate', '{}', {}, 404, 'NOT_FOUND'],
    ['a kind with a path trick', '/api/..%2fagents/validate', '{}', {}, 404, 'NOT_FOUND'],
    ['a query', '/api/agents/validate?strict=1', '{}', {}, 400, 'BAD_REQUEST'],
    [
      'a body that is too large',
      '/api/agents/validate',
      `{"name": "${'x'.repeat(1_000_000)}"}`,
      {},
      413,
      'BODY_TOO_LARGE',
    ],
    ['a forged token', '/api/agents/validate', '{}', { authorization: 'Bearer a.b.c' }, 401, 'REMOTE_DENIED'],
  ]

  test.each(REFUSED)('%s is refused with problem details', async (_, path, body, headers, status, code) => {
    const answer = await post(path, body, headers)
    expect([answer.status, answer.json.code]).toEqual([status, code])
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/)
    expect(answer.headers.get('cache-control')).toMatch(/no-store/)
    expect(answer.text).not.toMatch(/\bat .*\.ts/)
  })

  const ODD: [name: string, files: Record<string, string>][] = [
    ['no file at all', {}],
    ['paths that lead outside', { 'agent.json': MANIFEST, '../../etc/passwd': 'x', '/etc/passwd': 'x' }],
    ['paths of Windows', { 'agent.json': MANIFEST, 'prompts\\system.md': 'x', 'C:evil': 'x', 'nul.md': 'x' }],
    ['names of prototypes', { 'agent.json': MANIFEST, constructor: 'x', toString: 'x' }],
    ['half of a surrogate pair', { 'agent.json': MANIFEST, 'prompts/system.md': 'a\ud800b' }],
    ['a NUL', { 'agent.json': `${MANIFEST}\0` }],
    ['very deep JSON', { 'agent.json': `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}` }],
    ['very deep YAML', { 'agent.yaml': '['.repeat(5000) }],
    ['YAML that grows', { 'agent.yaml': 'a: &a [1,2]\nb: &b [*a,*a]\nc: [*b,*b]\n' }],
    ['two manifests', { 'agent.json': MANIFEST, 'agent.yaml': 'name: x\n' }],
  ]

  test.each(ODD)('%s is an invalid definition, and not a server error', async (_, files) => {
    const { status, json } = await post('/api/agents/validate', JSON.stringify({ files }))
    expect([status, json.valid]).toEqual([200, false])
    expect(json.errors.length).toBeGreaterThan(0)
  })
})
