import { unzipSync } from 'fflate'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sha256 } from '../../src/contract/digest.ts'
import { unpackArchive } from '../../src/core/tree/archive.ts'
import { type Packed, packAgent, packFiles, publish, resultOf } from '../cloud/support/definitions.ts'
import { type ApiUnderTest, ORIGIN, openApiUnderTest, packSamples } from './support/api-under-test.ts'
import { post } from './support/writing.ts'

const INDEX = '/.well-known/agent-skills/index.json'
const MARKETPLACE = '/api/marketplaces/claude/marketplace.json'
const CACHED = 'public, s-maxage=60, stale-while-revalidate=300'

/** A skill with further files; those below assets/ are sent as assets are. */
function packSkill(id: string, status = 'active', others: Record<string, string> = {}, expected = 0): Packed {
  const text = `---\nname: ${id}\ndescription: ${'Fills forms. '.repeat(40).trim()}\nmetadata: {nofx-owner: me, nofx-status: ${status}}\n---\nDo it.\n`
  const packed = packFiles('skills', id, { 'SKILL.md': text, ...others }, expected)
  const files = packed.item.files.map(({ text: content, ...file }) =>
    file.path.startsWith('assets/') ? file : { ...file, text: content },
  )
  return { ...packed, item: { ...packed.item, files } }
}

let api: ApiUnderTest
let publisher: Record<string, string>

beforeAll(async () => {
  api = await openApiUnderTest()
  publisher = await api.token()
  const { registry } = api.ports
  const skills = [
    packSkill('one-file'),
    packSkill('with-files', 'deprecated', { 'scripts/go.sh': '#!/bin/sh\n', 'assets/icon.png': 'png' }),
    packSkill('unfinished', 'draft'),
    packSkill('switched-off', 'disabled'),
    packSkill('leaving'),
    packSkill('stopped'),
  ]
  resultOf(await publish(registry, skills, { kind: 'skills' }))
  resultOf(await publish(registry, [packAgent('helper', 'Help.'), ...packSamples('agents')]))
  resultOf(await publish(registry, packSamples('templates'), { kind: 'templates' }))
  await post(api, '/api/skills/stopped/disable', { reason: 'harmful' }, publisher)
})
afterAll(() => api?.close())

/** The bytes of a download, which the helper for texts would change. */
async function download(path: string, headers: Record<string, string> = {}) {
  const url = new URL(path, ORIGIN)
  const response = await fetchApi(new Request(url, { headers }))
  return {
    status: response.status,
    headers: response.headers,
    bytes: new Uint8Array(await response.arrayBuffer()),
  }
}

async function fetchApi(request: Request): Promise<Response> {
  const { createApi } = await import('../../src/api/app.ts')
  return createApi(api.ports).fetch(request)
}

describe('the index of skills', () => {
  test('has every live skill with the hash of the bytes that are served', async () => {
    const { status, headers, json } = await api.get(INDEX)
    expect([status, headers.get('cache-control')]).toEqual([200, CACHED])
    expect(headers.get('vercel-cache-tag')).toBe('registry,registry-skills')
    expect(json.$schema).toBe('https://schemas.agentskills.io/discovery/0.2.0/schema.json')
    expect(json.skills.map(({ name, type }: { name: string; type: string }) => [name, type])).toEqual([
      ['leaving', 'skill-md'],
      ['one-file', 'skill-md'],
      ['with-files', 'archive'],
    ])
    for (const { url, digest, description } of json.skills) {
      expect(description.length).toBeGreaterThan(400)
      const { bytes, status: found } = await download(url)
      expect([found, `sha256:${sha256(bytes)}`]).toEqual([200, digest])
    }
  })

  test('an archive has the files at its root, whatever they are', async () => {
    const { bytes, headers } = await download('/.well-known/agent-skills/with-files.tar.gz')
    expect(headers.get('content-type')).toBe('application/gzip')
    const files = unpackArchive(bytes, 100_000).map(({ path }) => path)
    expect(files.sort()).toEqual(['SKILL.md', 'assets/icon.png', 'scripts/go.sh'])
  })

  test('an unchanged answer is not sent again, and a publish changes its tag', async () => {
    for (const path of [
      INDEX,
      '/.well-known/agent-skills/one-file/SKILL.md',
      '/.well-known/agent-skills/with-files.tar.gz',
    ]) {
      const { headers } = await download(path)
      const again = await download(path, { 'if-none-match': headers.get('etag') ?? '' })
      expect([path, again.status, again.bytes.length]).toEqual([path, 304, 0])
    }
    const head = await fetchApi(new Request(new URL(INDEX, ORIGIN), { method: 'HEAD' }))
    expect([head.status, await head.text()]).toEqual([200, ''])
  })

  test.each(['unfinished', 'switched-off', 'stopped', 'none'])('%s is not served', async (id) => {
    for (const path of [`${id}/SKILL.md`, `${id}.tar.gz`])
      for (const headers of [{}, publisher])
        expect((await api.get(`/.well-known/agent-skills/${path}`, headers)).status).toBe(404)
    expect((await api.get(INDEX, publisher)).text).not.toContain(`"${id}"`)
  })

  test.each([
    '..%2fone-file.tar.gz',
    'one-file.zip',
    'One-File.tar.gz',
    'one-file%00.tar.gz',
    'one-file/other.md',
  ])('%s is not a path of a skill', async (path) => {
    expect([404, 400]).toContain((await download(`/.well-known/agent-skills/${path}`)).status)
  })
})

describe('an index of 1,200 skills', () => {
  const NEWEST = 'GET /rest/v1/registry_events'
  const READ = 'POST /rest/v1/rpc/registry_downloads'
  const COUNT = 1_200
  const HEAD = `kind, state, version, draft_version, latest_version, digest, metadata, refs, prompt_hash, latest_digest,
    commit_sha, commit_rank, hold, updated_at, disabled`
  /** Bytes that the API has read from the cloud. */
  let received = 0
  let large: ApiUnderTest

  beforeAll(async () => {
    large = await openApiUnderTest()
    const { cloud } = large
    const send = cloud.fetch
    cloud.fetch = async (request) => {
      const response = await send(request)
      const body = await response.arrayBuffer()
      received += body.byteLength
      return new Response(body.byteLength > 0 ? body : null, response)
    }
    const long = { 'references/long.md': 'A long text.\n'.repeat(10_000) }
    const skills = [
      packSkill('one-file'),
      packSkill('with-files', 'active', long),
      packSkill('draft', 'draft'),
    ]
    resultOf(await publish(large.ports.registry, skills, { kind: 'skills' }))
    await addCopies(['one-file', 'with-files'], COUNT / 2)
    // An event, as every change has one.
    resultOf(await publish(large.ports.registry, [packSkill('last')], { kind: 'skills' }))
  })
  afterAll(() => large?.close())

  /** Copies by SQL, because a thousand publishes would take a minute. Their texts are as long as the others. */
  async function addCopies(of: string[], count: number) {
    const rows = `id = any($1) and version = 1`
    await large.query(
      `insert into registry_revisions
        select (jsonb_populate_record(r, jsonb_build_object('id', r.id || '-' || n))).*
        from registry_revisions r, generate_series(2, $2::int) as n where r.kind = 'skills' and ${rows}`,
      [of, count],
    )
    await large.query(
      `insert into registry_heads (id, ${HEAD})
        select h.id || '-' || n, ${HEAD}
        from registry_heads h, generate_series(2, $2::int) as n where h.kind = 'skills' and ${rows}`,
      [of, count],
    )
  }

  test('is two queries, whose answers are about as long as the index', async () => {
    const [calls, before] = [large.calls.length, received]
    const { json, text, headers } = await large.get(INDEX)
    expect(json.skills).toHaveLength(COUNT + 1)
    expect(large.calls.slice(calls)).toEqual([NEWEST, READ])
    expect(received - before).toBeLessThan(1.1 * Buffer.byteLength(text))
    const again = await large.get(INDEX, { 'if-none-match': headers.get('etag') ?? '' })
    expect([again.status, large.calls.slice(calls + 2)]).toEqual([304, [NEWEST]])
  })

  test.each([
    ['?owner=me', COUNT + 1],
    ['?owner=nobody', 0],
    ['?tag=none', 0],
  ])('%s has a part of them', async (search, expected) => {
    expect((await large.get(`${INDEX}${search}`)).json.skills).toHaveLength(expected)
  })

  test('that is larger than an answer may be is refused, with a filter that works', async () => {
    await addCopies(['last'], 6_000)
    resultOf(await publish(large.ports.registry, [packTagged('later', 'forms')], { kind: 'skills' }))
    const { status, json } = await large.get(INDEX)
    expect([status, json.code, json.error]).toEqual([
      422,
      'ANSWER_TOO_LARGE',
      expect.stringContaining('an index of 7201 skills'),
    ])
    const part = await large.get(`${INDEX}?tag=forms`)
    expect(part.json.skills.map(({ name }: { name: string }) => name)).toEqual(['later'])
  })

  const packTagged = (id: string, tag: string) =>
    packFiles('skills', id, {
      'SKILL.md': `---\nname: ${id}\ndescription: Fills forms.\nmetadata: {nofx-owner: me, nofx-tags: ${tag}}\n---\nDo it.\n`,
    })
})

describe('the marketplace of Claude', () => {
  interface Entry {
    name: string
    version: string
    source: { source: string; url: string; sha256: string }
  }
  const read = async (headers = {}) =>
    (await api.get(MARKETPLACE, headers)).json as { plugins: Entry[]; renames?: object }

  test('has every live definition as an archive that is pinned by its hash', async () => {
    const { plugins } = await read()
    const names = plugins.map(({ name }) => name)
    expect(names).toEqual(
      expect.arrayContaining(['agent-helper', 'skill-one-file', 'skill-with-files', 'template-triage-issue']),
    )
    for (const hidden of ['skill-unfinished', 'skill-switched-off', 'skill-stopped'])
      expect(names).not.toContain(hidden)
    for (const { version, source } of plugins) {
      expect(version).toMatch(/\+nofx\.1$/)
      const { bytes } = await download(new URL(source.url).pathname)
      expect([source.source, sha256(bytes)]).toEqual(['archive', source.sha256])
    }
    expect(await read(publisher)).toEqual(await read())
  })

  test('an archive has the plugin at its root, with its assets', async () => {
    const { bytes, headers } = await download('/api/marketplaces/claude/skills/with-files/1.zip')
    expect(headers.get('content-type')).toBe('application/zip')
    expect(Object.keys(unzipSync(bytes)).sort()).toEqual([
      '.claude-plugin/plugin.json',
      'skills/with-files/SKILL.md',
      'skills/with-files/assets/icon.png',
      'skills/with-files/scripts/go.sh',
    ])
  })

  test('a definition that is removed is named, until it is back', async () => {
    const { registry } = api.ports
    const first = await api.get(MARKETPLACE)
    resultOf(
      await publish(registry, [], {
        kind: 'skills',
        removals: [{ kind: 'skills', id: 'leaving', expectedVersion: 1 }],
      }),
    )
    const second = await api.get(MARKETPLACE, { 'if-none-match': first.headers.get('etag') ?? '' })
    expect([second.status, second.json.renames]).toEqual([
      200,
      { 'skill-leaving': null, 'skill-stopped': null },
    ])
    resultOf(await publish(registry, [packSkill('leaving', 'active', {}, 2)], { kind: 'skills' }))
    const third = await read()
    expect(third.renames).toEqual({ 'skill-stopped': null })
    expect(third.plugins.find(({ name }) => name === 'skill-leaving')?.version).toMatch(/nofx\.3$/)
  })

  test.each([
    'skills/one-file/2.zip',
    'skills/unfinished/1.zip',
    'skills/switched-off/1.zip',
    'skills/stopped/1.zip',
    'skills/one-file/01.zip',
    'skills/one-file/9999999999.zip',
    'skills/one-file/1.tar.gz',
    'robots/one-file/1.zip',
    'skills/..%2fone-file/1.zip',
  ])('%s is not found, by anybody', async (path) => {
    for (const headers of [{}, publisher])
      expect((await api.get(`/api/marketplaces/claude/${path}`, headers)).status).toBe(404)
  })
})
