import { gunzipSync } from 'node:zlib'
import type { SupabaseClient } from '@supabase/supabase-js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { z } from 'zod'
import { readList, readRows } from '../../src/api/reads/read-heads.ts'
import { ROUTES } from '../../src/api/routes/routes.ts'
import { CORE_RULES } from '../../src/contract/rules.ts'
import { agents } from '../../src/plugins/agents/kind.ts'
import { servers } from '../../src/plugins/servers/kind.ts'
import { skills } from '../../src/plugins/skills/kind.ts'
import { templates } from '../../src/plugins/templates/kind.ts'
import { type ApiUnderTest, ORIGIN, openApiUnderTest } from './support/api-under-test.ts'
import { ALL_AGENTS, fillRegistry, ODD, PUBLIC_AGENTS } from './support/filled-registry.ts'

let api: ApiUnderTest
beforeAll(async () => {
  api = await openApiUnderTest()
  await fillRegistry(api)
})
afterAll(() => api?.close())

/** The shape that the document promises for an answer. */
function promised(name: string, status = 200): z.ZodType {
  const shape = ROUTES.find((route) => route.name === name)?.responses[status]?.schema
  if (!shape) throw new Error(`${name} promises nothing for ${status}`)
  return shape
}

/** An answer that must be 200 and as promised. */
async function read(name: string, path: string, headers?: Record<string, string>) {
  const answer = await api.get(path, headers)
  expect([path, answer.status, answer.status === 200 ? '' : answer.text]).toEqual([path, 200, ''])
  expect(promised(name).safeParse(answer.json).error?.issues ?? []).toEqual([])
  return answer
}

const ids = ({ json }: { json: { items: { id: string }[] } }) => json.items.map(({ id }) => id)

test('every rule that a finding can name is listed once, with what it asks for', async () => {
  const answer = await read('listRules', '/api/rules')
  const catalogues = [CORE_RULES, servers.rules, agents.rules, skills.rules, templates.rules]
  const all = new Set(catalogues.flatMap((rules) => Object.keys(rules)))
  expect(ids(answer)).toEqual([...all].sort())
  expect(answer.json.items.find(({ id }: { id: string }) => id === 'NOFX_ID_FOLDER')).toEqual({
    id: 'NOFX_ID_FOLDER',
    ...CORE_RULES.NOFX_ID_FOLDER,
  })
  const etag = answer.headers.get('etag') ?? ''
  expect((await api.get('/api/rules', { 'if-none-match': etag })).status).toBe(304)
})

describe('a list', () => {
  test.each([
    ['whole', readList, 'publishable'],
    ['whole, for publishers', readList, 'secret'],
    ['as rows', readRows, 'publishable'],
    ['as rows, for publishers', readRows, 'secret'],
  ] as const)('a page that fits (%s) is taken as it came, which zod would copy', async (_, readPage, key) => {
    const client = key === 'secret' ? api.cloud.client : api.cloud.anonClient
    const query = {
      limit: 50,
      heads: key === 'secret',
      status: ['active', 'deprecated', 'disabled', 'draft'],
    }
    let came: unknown
    const rpc = async (name: string, args: object) => {
      const answer = await client.rpc(name, args)
      came = answer.data
      return answer
    }
    const page = await readPage({ rpc } as unknown as SupabaseClient, 'agents', query)
    expect(page.items.length).toBeGreaterThan(2)
    expect(page).toBe(came)
  })

  test('an entry of a table has no other fields of its definition', async () => {
    const { data } = await api.cloud.anonClient.rpc('registry_list', {
      p_kind: 'agents',
      p_query: { row: true },
    })
    const { items } = data as { items: { metadata: object }[] }
    expect(items.length).toBeGreaterThan(2)
    for (const { metadata } of items)
      expect(['name,owner,tags', 'name,tags']).toContain(Object.keys(metadata).sort().join())
  })

  test('a list shows public definitions, by id, with the fields that a list needs', async () => {
    const answer = await read('listDefinitions', '/api/agents')
    expect(ids(answer)).toEqual(PUBLIC_AGENTS)
    expect(answer.json.nextCursor).toBeNull()
    expect(answer.headers.get('link')).toBeNull()
    expect(answer.json.items[4]).toMatchObject({
      kind: 'agents',
      id: 'steady',
      status: 'active',
      version: 3,
      name: 'The steady',
      summary: 'Does one thing and does it well.',
      tags: ['slow'],
      skills: ['work'],
      owner: '@acme/tools',
      declaredVersion: '3.0.0',
    })
    const [template] = (await read('listDefinitions', '/api/templates?category=issue-triage')).json.items
    expect(template).toMatchObject({
      kind: 'templates',
      id: 'triage-issue',
      category: 'issue-triage',
      skills: [],
    })
  })

  test.each([
    ['tag=slow', ['steady']],
    ['tag=slo', []],
    ['skill=work', ['oddly', 'old-hand', 'steady']],
    ['status=deprecated', ['old-hand']],
    ['status=active,deprecated', PUBLIC_AGENTS],
    ['status=active&status=deprecated', PUBLIC_AGENTS],
    ['status=draft,disabled,removed', []],
    ['category=review', []],
    ['search=STEADY', ['steady']],
    ['search=well.&tag=slow', ['steady']],
    ['limit=100', PUBLIC_AGENTS],
  ])('a list is filtered by %s', async (query, expected) => {
    expect(ids(await read('listDefinitions', `/api/agents?${query}`))).toEqual(expected)
  })

  test.each(ODD)('a list search for %j reads it as plain text', async (character) => {
    const answer = await read('listDefinitions', `/api/agents?search=${encodeURIComponent(`${character} `)}`)
    // A dot and a space also end a sentence of the samples, and a comma divides one.
    expect(ids(answer).filter((id) => !['release-notes', 'reviewer', 'triager'].includes(id))).toEqual([
      'oddly',
    ])
  })

  test.each([
    "x' or '1'='1",
    '%25',
    '*.*',
    'id.eq.steady',
    'a,and(id.eq.steady)',
    '")}; drop table agent_registry; --',
    '\\u0000',
    '$1',
    "'||pg_sleep(5)||'",
    '%%%%',
  ])('a list search for %j finds nothing', async (text) => {
    expect(ids(await read('listDefinitions', `/api/agents?search=${encodeURIComponent(text)}`))).toEqual([])
    expect(ids(await read('listDefinitions', `/api/agents?tag=${encodeURIComponent(text)}`))).toEqual([])
  })

  test.each([1, 2, 4, 6])('a list read by pages of %i shows every definition once', async (limit) => {
    const seen: string[] = []
    let path = `/api/agents?limit=${limit}`
    for (let pages = 0; path !== '' && pages < 10; pages++) {
      const answer = await read('listDefinitions', path)
      expect(answer.json.items.length).toBeLessThanOrEqual(limit)
      seen.push(...ids(answer))
      const link = /^<([^>]+)>; rel="next"$/.exec(answer.headers.get('link') ?? '')
      expect(link === null).toBe(answer.json.nextCursor === null)
      path = link?.[1] ?? ''
    }
    expect(seen).toEqual(PUBLIC_AGENTS)
  })

  test('a list with manifests has that of each live version, and only of what the caller may see', async () => {
    const { json } = await read('listDefinitions', '/api/agents?view=manifest&limit=50')
    expect(ids({ json })).toEqual(PUBLIC_AGENTS)
    const versions = json.items.map(({ manifest }: { manifest: { version?: string } }) => manifest.version)
    expect(versions).toEqual(json.items.map((item: { declaredVersion?: string }) => item.declaredVersion))
    const all = await read('listDefinitions', '/api/agents?view=manifest&limit=50', await api.token())
    const drafts = all.json.items.filter(({ status }: { status: string }) => status === 'draft')
    expect(drafts.map(({ id, manifest }: { id: string; manifest?: object }) => [id, manifest])).toEqual([
      ['sketch', undefined],
    ])
    expect((await api.get('/api/agents?view=manifest&limit=51')).status).toBe(400)
  })

  test('a list shows drafts and disabled definitions to publishers and to the secret key', async () => {
    for (const headers of [await api.token(), { apikey: api.cloud.keys.secret }]) {
      const answer = await read('listDefinitions', '/api/agents', headers)
      expect(ids(answer)).toEqual(ALL_AGENTS)
      expect(answer.headers.get('cache-control')).toBe('private, no-store')
      expect(answer.headers.get('vercel-cdn-cache-control')).toBeNull()
    }
  })

  test('a list shows a signed-in user who is not a publisher what is public', async () => {
    const answer = await read('listDefinitions', '/api/agents', await api.token({ role: 'reader' }))
    expect(ids(answer)).toEqual(PUBLIC_AGENTS)
    expect(answer.headers.get('cache-control')).toBe('private, no-store')
  })
})

describe('one definition', () => {
  test('a definition is shown with its prompts, files, digest and commit', async () => {
    const { json } = await read('showDefinition', '/api/agents/steady')
    expect(json).toMatchObject({
      id: 'steady',
      status: 'active',
      live: true,
      version: 3,
      commitSha: '4'.padStart(40, '0'),
      manifest: { agentId: 'steady', version: '3.0.0' },
      texts: { 'prompts/system.md': 'You are steady, version 3.\n' },
    })
    expect(json.files.map(({ path }: { path: string }) => path)).toEqual(['agent.json', 'prompts/system.md'])
    const sample = await read('showDefinition', '/api/agents/reviewer')
    expect(Object.keys(sample.json.texts)).not.toContain('assets/severity.svg')
    expect(sample.text).toContain('assets/severity.svg')
  })

  test('a template is shown with its rollback target', async () => {
    const { json } = await read('showDefinition', '/api/templates/publish-release')
    expect(json.previousVersion).toBeNull()
    expect(json.manifest.templateId).toBe('publish-release')
    expect(json.rollbackAdvice).toEqual(json.manifest.rollbackAdvice)
  })

  test('a definition’s versions are listed newest first, in pages', async () => {
    const all = await read('listVersions', '/api/agents/steady/versions')
    expect(all.json.items.map(({ version }: { version: number }) => version)).toEqual([3, 2, 1])
    const first = await read('listVersions', '/api/agents/steady/versions?limit=2')
    const rest = await read(
      'listVersions',
      `/api/agents/steady/versions?limit=2&cursor=${first.json.nextCursor}`,
    )
    expect([...first.json.items, ...rest.json.items]).toEqual(all.json.items)
    expect(rest.json.nextCursor).toBeNull()
  })

  test('old versions of a definition do not change', async () => {
    const { json, headers } = await read('showVersion', '/api/agents/steady/versions/2')
    expect(json).toMatchObject({ version: 2, texts: { 'prompts/system.md': 'You are steady, version 2.\n' } })
    expect(headers.get('etag')).toMatch(new RegExp(`^"2-${json.digest}~[0-9a-f]{16}"$`))
  })

  test('a definition’s bundles are fetched by a URL that is valid for a minute', async () => {
    for (const path of ['/api/agents/steady/bundle', '/api/agents/steady/bundle?version=1']) {
      const { status, headers, text } = await api.get(path)
      expect([status, text, headers.get('cache-control')]).toEqual([302, '', 'no-store'])
      const location = headers.get('location')!
      expect(location.startsWith(`${ORIGIN}/storage/v1/object/sign/registry/agents/steady/`)).toBe(true)
      const archive = await api.cloud.fetch(location)
      expect(archive.status).toBe(200)
      const bytes = gunzipSync(new Uint8Array(await archive.arrayBuffer()))
      expect(bytes.includes(`version ${path.includes('=') ? 1 : 3}.`)).toBe(true)
    }
  })

  test('two versions of a definition are compared, with the risks', async () => {
    const { json } = await read('diffVersions', '/api/agents/steady/diff?from=1&to=3')
    expect(json.fields).toEqual([{ path: 'version', before: '1.0.0', after: '3.0.0' }])
    expect(json.files[0]).toMatchObject({ path: 'prompts/system.md', change: 'changed' })
    expect(json.files[0].patch).toContain('-You are steady, version 1.\n+You are steady, version 3.')
    expect((await read('diffVersions', '/api/agents/steady/diff?from=2&to=2')).json).toMatchObject({
      fields: [],
      files: [],
      risks: [],
    })
  })
})

test.each(['sketch', 'hidden'])('%s can be read by publishers alone', async (id) => {
  const publisher = await api.token()
  const { json, headers } = await read('showDefinition', `/api/agents/${id}`, publisher)
  expect(json).toMatchObject({ id, status: id === 'sketch' ? 'draft' : 'disabled' })
  expect(headers.get('cache-control')).toBe('private, no-store')
  const below = ['', '/versions', '/versions/1', '/bundle', '/bundle?version=1', '/diff?from=1&to=1']
  for (const path of below) {
    const secret = await api.get(`/api/agents/${id}${path}`, publisher)
    expect([path, secret.status]).toEqual([path, path.startsWith('/bundle') ? 302 : 200])
    const { status, headers: open, json: problem } = await api.get(`/api/agents/${id}${path}`)
    expect([path, status, problem.code, open.get('cache-control')]).toEqual([
      path,
      404,
      'NOT_FOUND',
      'no-store',
    ])
  }
})

test('releases are for publishers, newest first, in pages', async () => {
  const publisher = await api.token()
  const { json } = await read('listReleases', '/api/releases', publisher)
  expect(json.items.map(({ reason }: { reason: string }) => reason)).toEqual([
    'because 3',
    'because 2',
    null,
    null,
  ])
  const first = await read('listReleases', '/api/releases?limit=3', { apikey: api.cloud.keys.secret })
  const rest = await read('listReleases', `/api/releases?limit=3&cursor=${first.json.nextCursor}`, publisher)
  expect([...first.json.items, ...rest.json.items]).toEqual(json.items)
  expect((await api.get('/api/releases')).status).toBe(401)
})

test('the health check asks the database and the storage', async () => {
  const { json, headers } = await read('showHealth', '/api/health')
  expect(json).toMatchObject({ status: 'ok', checks: { database: { ok: true }, storage: { ok: true } } })
  expect(headers.get('cache-control')).toBe('no-store')
})

test('schemas are those that editors get', async () => {
  const { json, headers } = await api.get('/api/schemas/templates')
  expect(json).toMatchObject({ $id: 'https://unpkg.com/nofx/docs/schema/templates.json', type: 'object' })
  expect(headers.get('content-type')).toBe('application/schema+json')
})
