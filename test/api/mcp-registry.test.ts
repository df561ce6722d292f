import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Validator } from '@cfworker/json-schema'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { gate } from '../../src/api/http/gate.ts'
import type { JsonObject } from '../../src/contract/kind.ts'
import { withdraw } from '../../src/core/withdraw.ts'
import { serverId } from '../../src/plugins/servers/manifest/name.ts'
import { commitAt, type Packed, packFiles, publish, resultOf } from '../cloud/support/definitions.ts'
import { type ApiUnderTest, ORIGIN, openApiUnderTest } from './support/api-under-test.ts'
import { post } from './support/writing.ts'

const OWN = 'dev.nofx/registry'
const OFFICIAL = 'io.modelcontextprotocol.registry/official'
const FORMATS = join(import.meta.dirname, '../../../shared/corpus/formats')
const read = (path: string) => {
  const file = join(FORMATS, path)
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined
}
const shapes = read('mcp-registry-api/responses.schema.json')
const serverJson = read('mcp-server-json/schemas/2025-12-11/server.schema.json')
if (!shapes || !serverJson) console.warn('skipped: the published shapes are not here')

/** Compares an answer with the shapes that the MCP Registry publishes. */
function expectShape(name: 'ServerList' | 'ServerResponse' | 'Error', answer: unknown): void {
  if (!shapes || !serverJson) return
  const { valid, errors } = new Validator(
    { ...shapes, $id: undefined, $ref: `#/$defs/${name}` },
    '2020-12',
  ).validate(answer)
  expect([valid, errors]).toEqual([true, []])
  const { servers = [answer] } = answer as { servers?: unknown[] }
  const validator = new Validator(serverJson, '7')
  for (const { server } of (name === 'Error' ? [] : servers) as { server: unknown }[])
    expect(validator.validate(server)).toMatchObject({ valid: true })
}

let api: ApiUnderTest
let rank = 0

function pack(name: string, version: string, rest: JsonObject = {}, expectedVersion = 0): Packed {
  const { own, ...fields } = rest
  const manifest = {
    name,
    description: `Serves ${name}.`,
    version,
    remotes: [{ type: 'streamable-http', url: `https://mcp.example.com/${version}` }],
    _meta: { [OWN]: { owner: '@acme/tools', ...(own as object) }, 'com.example/other': { kept: true } },
    ...fields,
  }
  return packFiles('servers', serverId(name), { 'server.json': JSON.stringify(manifest) }, expectedVersion)
}

async function put(...packed: Packed[]): Promise<void> {
  rank++
  resultOf(await publish(api.ports.registry, packed, { kind: 'servers', commit: commitAt(rank) }))
}

const path = (name: string, rest = '') => `/v0.1/servers/${encodeURIComponent(name)}/versions${rest}`
const brief = ({ json }: { json: { servers: Entry[] } }) =>
  json.servers.map(({ server, _meta }) => {
    const { status, isLatest } = _meta[OFFICIAL]
    return `${server.name}@${server.version} ${status}${isLatest ? ' latest' : ''}`
  })
interface Entry {
  server: { name: string; version: string }
  _meta: { [OFFICIAL]: { status: string; isLatest: boolean; updatedAt: string } }
}

beforeAll(async () => {
  api = await openApiUnderTest()
  await put(
    pack('io.github.acme/books', '1.0.0'),
    pack('io.github.acme/notes', '1.0.0', { title: 'Notes of people' }),
    pack('com.acme/gone', '1.0.0'),
    pack('com.acme/off', '1.0.0'),
    pack('com.acme/sketch', '1.0.0', { own: { status: 'draft' } }),
    pack('com.acme/old', '1.0.0'),
    pack('com.acme/back', '1.0.0'),
    pack('com.acme/leak', '1.0.0'),
  )
  await put(
    pack('io.github.acme/books', '1.1.0', {}, 1),
    pack(
      'com.acme/old',
      '1.0.1',
      { own: { status: 'deprecated', deprecation: { message: 'Use books.' } } },
      1,
    ),
    pack('com.acme/back', '2.0.0', {}, 1),
    pack('com.acme/leak', '1.1.0', {}, 1),
  )
  const publisher = await api.token()
  const removals = [{ kind: 'servers', id: 'com-acme-gone', expectedVersion: 1 }]
  resultOf(await publish(api.ports.registry, [], { kind: 'servers', commit: commitAt(++rank), removals }))
  const disabled = await post(api, '/api/servers/com-acme-off/disable', { reason: 'harmful' }, publisher)
  expect(disabled.status).toBe(200)
  const back = await post(
    api,
    '/api/servers/com-acme-back/rollback',
    { targetVersion: 1, reason: 'it broke' },
    publisher,
  )
  expect(back.status).toBe(200)
  await withdraw(api.ports.registry, {
    kind: 'servers',
    id: 'com-acme-leak',
    version: 1,
    actor: 'ann',
    reason: 'a token',
  })
})
afterAll(() => api?.close())

describe('the list of servers', () => {
  test('has every version that is available, and nothing of drafts', async () => {
    const list = await api.get('/v0.1/servers')
    expect(brief(list)).toEqual([
      'com.acme/back@1.0.0 active latest',
      'com.acme/leak@1.1.0 active latest',
      'com.acme/old@1.0.0 active',
      'com.acme/old@1.0.1 deprecated latest',
      'io.github.acme/books@1.0.0 active',
      'io.github.acme/books@1.1.0 active latest',
      'io.github.acme/notes@1.0.0 active latest',
    ])
    expect(list.json.metadata).toEqual({ count: 7 })
    expectShape('ServerList', list.json)
    expect(list.text).not.toMatch(/sketch|@acme\/tools|"com.acme\/(?:off|gone)"/)
  })

  test('shows a server as its manifest has it, beside what the registry knows of it', async () => {
    const { json } = await api.get(path('com.acme/old', '/latest'))
    expectShape('ServerResponse', json)
    expect(json.server).toEqual({
      name: 'com.acme/old',
      description: 'Serves com.acme/old.',
      version: '1.0.1',
      remotes: [{ type: 'streamable-http', url: 'https://mcp.example.com/1.0.1' }],
      _meta: { 'com.example/other': { kept: true } },
    })
    expect(json._meta).toEqual({
      [OFFICIAL]: {
        status: 'deprecated',
        statusMessage: 'Use books.',
        statusChangedAt: expect.any(String),
        publishedAt: expect.any(String),
        updatedAt: expect.any(String),
        isLatest: true,
      },
      [OWN]: { id: 'com-acme-old', version: 2, digest: expect.stringMatching(/^[0-9a-f]{64}$/) },
    })
  })

  test.each([
    ['search=NOTES', ['io.github.acme/notes@1.0.0 active latest']],
    ['search=of%20people', ['io.github.acme/notes@1.0.0 active latest']],
    ['search=%25', []],
    ['version=1.1.0', ['com.acme/leak@1.1.0 active latest', 'io.github.acme/books@1.1.0 active latest']],
    ['version=latest&search=acme/books', ['io.github.acme/books@1.1.0 active latest']],
    ['updated_since=2999-01-01T00:00:00Z', []],
  ])('?%s', async (query, expected) => {
    const list = await api.get(`/v0.1/servers?${query}`)
    expect(brief(list)).toEqual(expected)
    expectShape('ServerList', list.json)
  })

  test('names what is not available any more, and shows nothing of it', async () => {
    const list = await api.get('/v0.1/servers?include_deleted=true')
    expect(brief(list).filter((line) => line.endsWith('deleted'))).toEqual([
      'com.acme/back@2.0.0 deleted',
      'com.acme/gone@1.0.0 deleted',
      'com.acme/leak@1.0.0 deleted',
      'com.acme/off@1.0.0 deleted',
    ])
    expectShape('ServerList', list.json)
    const gone = list.json.servers.find(({ server }: Entry) => server.name === 'com.acme/gone')
    expect(gone.server).toEqual({
      name: 'com.acme/gone',
      description: 'This version is not available any more.',
      version: '1.0.0',
    })
  })

  test('tells a follower what was deleted, published and brought back since', async () => {
    const all = await api.get('/v0.1/servers?include_deleted=true')
    const times = all.json.servers.map(({ _meta }: Entry) => _meta[OFFICIAL].updatedAt).sort()
    const since = encodeURIComponent(times.at(-1))
    expect(brief(await api.get(`/v0.1/servers?updated_since=${since}`)).length).toBeGreaterThan(0)
    const publisher = await api.token()
    const before = new Date(Date.parse(times.at(-1)) + 1).toISOString()
    await post(api, '/api/servers/com-acme-off/enable', { reason: 'checked' }, publisher)
    expect(brief(await api.get(`/v0.1/servers?updated_since=${encodeURIComponent(before)}`))).toEqual([
      'com.acme/off@1.0.0 active latest',
    ])
    await post(api, '/api/servers/com-acme-off/disable', { reason: 'harmful' }, publisher)
  })

  test.each([
    'limit=0',
    'limit=101',
    'limit=x',
    'cursor=x',
    'updated_since=yesterday',
    'updated_since=2026-13-01T00:00:00Z',
    'include_deleted=1',
    'sort=name',
    'version=',
    'search=%00',
    'env=preview',
  ])('?%s is 400', async (query) => {
    const { status, json } = await api.get(`/v0.1/servers?${query}`)
    expect([query, status]).toEqual([query, 400])
    expectShape('Error', json)
  })

  test('a cursor belongs to its filters', async () => {
    const { json } = await api.get('/v0.1/servers?limit=1')
    const { status } = await api.get(`/v0.1/servers?limit=1&search=books&cursor=${json.metadata.nextCursor}`)
    expect(status).toBe(400)
  })
})

describe('one server', () => {
  test('has its versions, oldest first, and one of them is the latest', async () => {
    const list = await api.get(path('io.github.acme/books'))
    expect(brief(list)).toEqual([
      'io.github.acme/books@1.0.0 active',
      'io.github.acme/books@1.1.0 active latest',
    ])
    expectShape('ServerList', list.json)
    const [one, latest] = [
      await api.get(path('io.github.acme/books', '/1.0.0')),
      await api.get(path('io.github.acme/books', '/latest')),
    ]
    expect([one?.json.server.version, latest?.json.server.version]).toEqual(['1.0.0', '1.1.0'])
  })

  test.each([
    path('com.acme/gone'),
    path('com.acme/gone', '/latest'),
    path('com.acme/gone', '/1.0.0'),
    path('com.acme/sketch', '/1.0.0'),
    path('com.acme/back', '/2.0.0'),
    path('io.github.acme/books', '/9.9.9'),
    path('io.github/acme-books'),
    path('io-github-acme-books'),
    '/v0.1/servers/io.github.acme/books/versions',
    ...['..%2F..', 'a%2Fb%2Fc', 'a%2F', '%2Fb', 'a%2F%00', 'a%2F..', '%2e%2e%2Fb'].map(
      (name) => `/v0.1/servers/${name}/versions`,
    ),
  ])('%s is 404', async (at) => {
    const { status, json } = await api.get(at)
    expect([at, status]).toEqual([at, 404])
    expect(json.code).toBe('NOT_FOUND')
    expectShape('Error', json)
    expect(json.error).toContain(json.detail)
    const gated = gate(new Request(new URL(at, ORIGIN)))
    if (gated) expect(await gated.json()).toMatchObject({ error: expect.stringContaining('not exist') })
  })

  test('a deleted version is shown to those who ask for it', async () => {
    const { json } = await api.get(path('com.acme/gone', '/1.0.0?include_deleted=true'))
    expect(json._meta[OFFICIAL]).toMatchObject({ status: 'deleted', isLatest: false })
  })

  test('answers at every base that a client may build', async () => {
    for (const door of ['', '/api/mcp-registry'])
      for (const base of ['/v0.1', '/v0', '/v0.1/v0.1', '/v0.1/v0', '/v0/v0.1', '/v0/v0']) {
        const { status, json } = await api.get(`${door}${base}/servers/com.acme%2fold/versions/latest`)
        expect([door, base, status, json.server?.version]).toEqual([door, base, 200, '1.0.1'])
      }
  })
})

test('answers can be stored for everyone, and are saved when nothing has changed', async () => {
  for (const at of ['/v0.1/servers', path('com.acme/old'), path('com.acme/old', '/latest')]) {
    const { headers } = await api.get(at)
    expect(headers.get('cache-control')).toBe('public, s-maxage=60, stale-while-revalidate=300')
    expect(headers.get('access-control-allow-origin')).toBe('*')
    expect(headers.get('vercel-cache-tag')).toContain('registry-servers')
    const again = await api.get(at, { 'if-none-match': headers.get('etag') ?? '' })
    expect([at, again.status, again.text]).toEqual([at, 304, ''])
    expect((await api.send(at, { method: 'HEAD' })).status).toBe(200)
  }
  const { status } = await api.get(path('com.acme/gone'))
  expect(status).toBe(404)
})

describe('a write of the MCP Registry API', () => {
  const version = 'servers/io.github.acme%2Fbooks/versions/1.0.0'

  test.each([
    ['POST', 'publish', 'run: nofx registry publish'],
    ['PUT', version, 'run: nofx registry publish'],
    ['DELETE', version, 'run: nofx registry disable servers/<id> --reason <reason>'],
    ['PATCH', `${version}/status`, 'run: nofx registry disable servers/<id> --reason <reason>'],
  ])('%s /%s names the command to use, at every base', async (method, path, hint) => {
    for (const base of ['/v0.1', '/v0', '/api/mcp-registry/v0.1', '/api/mcp-registry/v0.1/v0.1']) {
      const { status, json, headers } = await api.send(`${base}/${path}`, { method })
      expect([base, status, json.code, json.hint]).toEqual([base, 501, 'NOT_IMPLEMENTED', hint])
      expect(json.error).toBe(`${json.detail}; ${hint}`)
      expect(headers.get('cache-control')).toBe('no-store')
      expectShape('Error', json)
    }
  })
})

test('a walk over 1,000 servers meets each once while others are published, with one query a page', async () => {
  const names = Array.from({ length: 1_000 }, (_, at) => `walk.example/s${String(at).padStart(4, '0')}`)
  for (let from = 0; from < names.length; from += 250)
    await put(...names.slice(from, from + 250).map((name) => pack(name, '1.0.0')))
  const seen: string[] = []
  let cursor = ''
  let pages = 0
  do {
    const asked = api.calls.length
    const list = await api.get(`/v0/servers?limit=40&search=walk.example${cursor}`)
    expect(api.calls.slice(asked).filter((call) => call.includes('/rpc/'))).toEqual([
      'POST /rest/v1/rpc/registry_list_editions',
    ])
    seen.push(...brief(list).map((line) => line.split(' ')[0] ?? ''))
    const { nextCursor } = list.json.metadata
    cursor = nextCursor ? `&cursor=${nextCursor}` : ''
    pages++
    // Servers move behind the cursor and before it, and others are new.
    if (pages <= 25) {
      await put(pack(names[pages * 7] ?? '', '1.1.0', {}, 1))
      await put(
        pack(names[999 - pages * 11] ?? '', '1.1.0', {}, 1),
        pack(`walk.example/new-${pages}`, '1.0.0'),
      )
    }
  } while (cursor && pages < 60)
  expect(new Set(seen).size).toBe(seen.length)
  const first = seen.filter((one) => /s\d{4}@1\.0\.0$/.test(one))
  expect(first).toEqual(names.map((name) => `${name}@1.0.0`))
})
