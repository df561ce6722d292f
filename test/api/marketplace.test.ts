import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { FORM } from '../../src/api/discovery/claude-marketplace/plugin-archives.ts'
import { sha256 } from '../../src/contract/digest.ts'
import { packAgent, packFiles, publish, resultOf } from '../cloud/support/definitions.ts'
import { agent } from '../harness/project.ts'
import { type ApiUnderTest, ORIGIN, openApiUnderTest, packSamples } from './support/api-under-test.ts'
import { post } from './support/writing.ts'

const MARKETPLACE = '/api/marketplaces/claude/marketplace.json'
const READ = 'POST /rest/v1/rpc/registry_marketplace'
const STORE = 'POST /rest/v1/rpc/registry_keep_archives'
const CONTENTS = 'GET /rest/v1/registry_revisions'
const NEWEST = 'GET /rest/v1/registry_events'

interface Marketplace {
  name: string
  plugins: { name: string; version: string; source: { url: string; sha256: string } }[]
  renames?: Record<string, null>
}

const HEAD = `kind, state, version, draft_version, latest_version, digest, metadata, refs, prompt_hash, latest_digest,
  commit_sha, commit_rank, hold, updated_at, disabled`

/** Definitions with all that an archive can have. */
const PINNED = {
  agents: [
    packFiles('agents', 'pinned', {
      'agent.json': JSON.stringify(
        agent('pinned', {
          tags: ['pinned'],
          version: '1.2.3',
          permissions: { filesystem: 'write', network: true, hosts: ['example.com'], secrets: ['API_KEY'] },
          model: { provider: 'anthropic', name: 'a-model' },
          mcp: 'mcp.json',
        }),
      ),
      'mcp.json': JSON.stringify({
        mcpServers: {
          one: {
            type: 'stdio',
            command: 'npx',
            args: ['-y', 'a-package@1.0.0'],
            allowedTools: ['run'],
            // biome-ignore lint/suspicious/noTemplateCurlyInString: the name of a secret
            env: { KEY: '${API_KEY}' },
          },
          two: { type: 'streamable-http', url: 'https://example.com/mcp', allowedTools: ['read'] },
        },
      }),
      'prompts/system.md': 'You are pinned. \u{1f4cc}\n',
    }),
  ],
  skills: [
    packFiles('skills', 'pinned', {
      'SKILL.md':
        '---\nname: pinned\ndescription: Pins.\nmetadata: {nofx-owner: me, nofx-tags: pinned}\n---\nPin it.\n',
      'scripts/pin.sh': '#!/bin/sh\n',
      'references/pins.md': 'Pins.\n',
    }),
  ],
  templates: [
    packFiles('templates', 'pinned', {
      'template.json': JSON.stringify({
        templateId: 'pinned',
        name: 'Pinned',
        description: 'Pins a thing.',
        owner: 'me',
        tags: ['pinned'],
        parameters: {
          type: 'object',
          properties: { thing: { type: 'string', description: 'What to pin.' } },
          required: ['thing'],
        },
        defaultPlan: {
          steps: [
            {
              id: 'pin',
              name: 'Pin',
              agentId: 'pinned',
              prompt: { text: 'Pin {{parameters.thing}}.' },
              timeoutMs: 1000,
            },
          ],
        },
        category: 'pins',
        expectedOutputs: [{ id: 'pin', type: 'text', fromStep: 'pin', required: true }],
        supportedAgents: [{ agentId: 'pinned' }],
        rollbackAdvice: 'Take the pin out.',
      }),
    }),
  ],
}

/** Adds copies of an agent by SQL, because thousands of publishes would take minutes. */
async function addCopies({ query, ports }: ApiUnderTest, of: string, count: number): Promise<void> {
  await query(
    `insert into registry_revisions
      select (jsonb_populate_record(r, jsonb_build_object('id', $1 || '-' || n))).*
      from registry_revisions r, generate_series(1, $2::int) as n where r.id = $1`,
    [of, count],
  )
  await query(
    `insert into agent_registry (id, ${HEAD})
      select $1 || '-' || n, ${HEAD} from agent_registry h, generate_series(1, $2::int) as n where h.id = $1`,
    [of, count],
  )
  // An event, as every change has one.
  resultOf(await publish(ports.registry, [packAgent(`after-${of}`, 'You came last.\n')]))
}

/** Most copies get hashes by SQL, as if other requests had made their archives: those after the first `made`. */
async function hashMost({ query }: ApiUnderTest, of: string, made: number): Promise<void> {
  await query(
    `insert into registry_archives (kind, id, version, form, entry, sha256)
      select r.kind, r.id, r.version, a.form, a.entry || jsonb_build_object('name', 'agent-' || r.id), a.sha256
      from registry_archives a, registry_revisions r
      where a.id = $1 || '-1' and r.id ~ ('^' || $1 || '-') and r.id <> 'copy-4711'
        and split_part(r.id, '-', 2)::int > $2::int
      on conflict do nothing`,
    [of, made],
  )
}

/** The calls of one request to an API whose modules are loaded for it alone, as in a process that has just begun. */
async function fromCold(api: ApiUnderTest, path = MARKETPLACE, headers: Record<string, string> = {}) {
  vi.resetModules()
  const { createApi } = await import('../../src/api/app.ts')
  const { answers: _, ...ports } = api.ports
  api.calls.length = 0
  const response = await createApi(ports).fetch(new Request(new URL(path, ORIGIN), { headers }))
  const text = await response.text()
  return { response, text, json: JSON.parse(text || '{}'), calls: [...api.calls] }
}

describe('what a marketplace reads', () => {
  let api: ApiUnderTest
  beforeAll(async () => {
    api = await openApiUnderTest()
    resultOf(await publish(api.ports.registry, packSamples('agents')))
    resultOf(await publish(api.ports.registry, packSamples('templates'), { kind: 'templates' }))
  })
  afterAll(() => api?.close())

  test('an archive is made for its hash once, whichever process asks', async () => {
    const first = await fromCold(api)
    expect(first.calls.filter((call) => call === CONTENTS)).not.toEqual([])
    expect(first.calls.filter((call) => call === STORE)).toHaveLength(1)
    const second = await fromCold(api)
    expect(second.calls).toEqual([NEWEST, READ])
    expect(second.json).toEqual(first.json)
    const unchanged = await fromCold(api, MARKETPLACE, {
      'if-none-match': second.response.headers.get('etag') ?? '',
    })
    expect([unchanged.response.status, unchanged.calls]).toEqual([304, [NEWEST]])
    resultOf(await publish(api.ports.registry, [packAgent('one-more', 'You are one more.\n')]))
    const third = await fromCold(api)
    expect(third.calls).toEqual([NEWEST, READ, CONTENTS, STORE])
  })

  // Recorded hashes are those of these bytes: if this test fails, raise FORM and write the new hash here.
  test('the bytes of the archives of a form never change', async () => {
    const { registry } = api.ports
    resultOf(await publish(registry, PINNED.agents))
    resultOf(await publish(registry, PINNED.skills, { kind: 'skills' }))
    resultOf(await publish(registry, PINNED.templates, { kind: 'templates' }))
    const { plugins } = (await fromCold(api, `${MARKETPLACE}?tag=pinned`)).json as Marketplace
    expect(plugins).toHaveLength(3)
    const hashes = plugins.map(({ name, source }) => `${name} ${source.sha256}`)
    expect([FORM, sha256(hashes.join('\n'))]).toEqual([
      1,
      '1117dbb612c36fd232104c52f142f61421ee9c9c14311a709a35239983499e91',
    ])
  })

  test('a version that does not fit is not tried again, and an older form is made again', async () => {
    const hashes = `select id, form, sha256 from registry_archives order by kind, id`
    const before = await api.query(hashes)
    await api.query(
      `update registry_archives set form = 0 + form, entry = null, sha256 = null where id = 'one-more'`,
    )
    const unfit = await fromCold(api)
    expect(unfit.calls).toEqual([NEWEST, READ])
    const names = (unfit.json as Marketplace).plugins.map(({ name }) => name)
    expect(names).not.toContain('agent-one-more')
    await api.query('alter table registry_archives drop constraint registry_archives_form_check')
    await api.query('update registry_archives set form = 0')
    const again = await fromCold(api)
    expect(again.calls.filter((call) => call === STORE)).toHaveLength(1)
    expect(await api.query(hashes)).toEqual(before)
  })

  test('what a withdrawal deletes is not in a list of archives either', async () => {
    const { registry } = api.ports
    const secret = packAgent('leaky', 'You leak.\n', { description: 'Knows the word hunter2.' })
    resultOf(await publish(registry, [secret]))
    await fromCold(api)
    const count = `select count(*)::int as n from registry_archives where entry::text like '%hunter2%'`
    expect(await api.query(count)).toEqual([{ n: 1 }])
    resultOf(await publish(registry, [packAgent('leaky', 'You do not.\n', {}, 1)]))
    await api.query(
      `select registry_withdraw(jsonb_build_object('action', 'withdraw', 'kind', 'agents', 'id', 'leaky', 'version', 1,
        'reason', 'a secret', 'actor', 'test', 'key', 'withdraw-leaky'))`,
    )
    expect(await api.query(count)).toEqual([{ n: 0 }])
    await api.query(
      `select registry_keep_archives(1, '[{"kind":"agents","id":"leaky","version":1,"entry":{"a":"hunter2"},"sha256":"x"}]')`,
    )
    expect(await api.query(count)).toEqual([{ n: 0 }])
  })
})

describe('a part of a marketplace', () => {
  let api: ApiUnderTest
  const skill = (id: string, owner: string, tags: string, expected = 0) =>
    packFiles(
      'skills',
      id,
      {
        'SKILL.md': `---\nname: ${id}\ndescription: Fills forms.\nmetadata: {nofx-owner: "${owner}", nofx-tags: "${tags}"}\n---\nDo it, ${expected}.\n`,
      },
      expected,
    )
  const read = async (search: string) => (await api.get(`${MARKETPLACE}${search}`)).json as Marketplace
  const namesOf = ({ plugins }: Marketplace) => plugins.map(({ name }) => name)

  beforeAll(async () => {
    api = await openApiUnderTest()
    const { registry } = api.ports
    resultOf(
      await publish(
        registry,
        [
          skill('pay-out', 'pay@example.com', 'money'),
          skill('pay-in', 'pay@example.com', 'money in'),
          skill('other', '@me', 'in'),
        ],
        { kind: 'skills' },
      ),
    )
    resultOf(
      await publish(registry, [
        packAgent('helper', 'Help.\n', { owner: 'pay@example.com', tags: ['money'] }),
      ]),
    )
  })
  afterAll(() => api?.close())

  test.each([
    ['', ['agent-helper', 'skill-other', 'skill-pay-in', 'skill-pay-out']],
    ['?kind=skills', ['skill-other', 'skill-pay-in', 'skill-pay-out']],
    ['?owner=pay%40example.com', ['agent-helper', 'skill-pay-in', 'skill-pay-out']],
    ['?tag=in', ['skill-other', 'skill-pay-in']],
    ['?tag=money&kind=skills', ['skill-pay-in', 'skill-pay-out']],
    ['?owner=pay%40example.com&tag=in', ['skill-pay-in']],
    ['?owner=nobody', []],
    ['?category=none', []],
    ['?tag=%25', []],
  ])('%s', async (search, expected) => {
    const marketplace = await read(search)
    expect(namesOf(marketplace)).toEqual(expected)
    expect(marketplace.renames).toBeUndefined()
    for (const { source } of marketplace.plugins) {
      const { pathname } = new URL(source.url)
      const zip = await (await import('../../src/api/app.ts'))
        .createApi(api.ports)
        .fetch(new Request(source.url))
      expect([pathname, sha256(new Uint8Array(await zip.arrayBuffer()))]).toEqual([pathname, source.sha256])
    }
  })

  test('each part has a name and a tag of its own, and the name is one that Claude Code takes', async () => {
    const searches = [
      '',
      '?kind=skills',
      '?tag=in',
      '?owner=in',
      '?owner=%40me',
      '?owner=%E6%97%A5',
      `?owner=${'x'.repeat(200)}`,
    ]
    const answers = await Promise.all(searches.map((search) => api.get(`${MARKETPLACE}${search}`)))
    const names = answers.map(({ json }) => (json as Marketplace).name)
    expect(new Set(names).size).toBe(searches.length)
    expect(new Set(answers.map(({ headers }) => headers.get('etag'))).size).toBe(searches.length)
    for (const name of names) expect(name).toMatch(/^nofx-registry(-[a-z0-9]+)*$/)
    expect(Math.max(...names.map((name) => name.length))).toBeLessThanOrEqual(64)
  })

  test.each(['?kind=servers', '?kind=', '?owner=', '?tag=%00', '?nope=1', '?tag=a&tag=b'])(
    '%s is refused',
    async (search) => {
      expect((await api.get(`${MARKETPLACE}${search}`)).status).toBe(400)
    },
  )

  test('what leaves a part, by a new tag or for good, is named in it', async () => {
    const { registry } = api.ports
    resultOf(await publish(registry, [skill('pay-out', 'pay@example.com', 'out', 1)], { kind: 'skills' }))
    expect(await read('?tag=money')).toMatchObject({ renames: { 'skill-pay-out': null } })
    expect((await read('')).renames).toBeUndefined()
    const publisher = await api.token()
    await post(api, '/api/skills/pay-in/disable', { reason: 'harmful' }, publisher)
    expect((await read('?tag=money')).renames).toEqual({ 'skill-pay-in': null, 'skill-pay-out': null })
    expect((await read('?tag=out')).renames).toBeUndefined()
    expect((await read('')).renames).toEqual({ 'skill-pay-in': null })
    expect((await read('?kind=agents')).renames).toBeUndefined()
    await post(api, '/api/skills/pay-in/enable', { reason: 'harmless' }, publisher)
    expect((await read('')).renames).toBeUndefined()
  })
})

describe('a marketplace of 10,000 definitions', () => {
  let api: ApiUnderTest
  const COUNT = 10_000
  beforeAll(async () => {
    api = await openApiUnderTest()
    const { registry } = api.ports
    resultOf(await publish(registry, [packAgent('copy', 'You work.\n', { tags: ['copy'] })]))
    resultOf(
      await publish(registry, [
        packAgent('long', 'You work.\n', { tags: ['long'], description: 'x'.repeat(900) }),
      ]),
    )
    await addCopies(api, 'copy', COUNT - 4)
  })
  afterAll(() => api?.close())

  test('a request makes a part of the archives, and says how far it is; then one query is enough', async () => {
    let refusals = 0
    for (;;) {
      const { response, json } = await fromCold(api)
      if (response.status === 200) break
      expect(json).toMatchObject({ code: 'MARKETPLACE_NOT_READY', status: 503, hint: expect.any(String) })
      expect(response.headers.get('retry-after')).toMatch(/^\d+$/)
      expect(++refusals).toBeLessThan(20)
      if (refusals === 1) await hashMost(api, 'copy', 3100)
    }
    expect(refusals).toBeGreaterThan(2)
    const cold = await fromCold(api)
    expect(cold.calls).toEqual([NEWEST, READ])
    const { plugins } = cold.json as Marketplace
    expect(plugins).toHaveLength(COUNT - 1)
    expect(cold.text.length).toBeLessThan(4_000_000)
    const some = plugins.find(({ name }) => name === 'agent-copy-4711')
    const zip = await fetchBytes(some?.source.url ?? '')
    expect(sha256(zip)).toBe(some?.source.sha256)
    const etag = cold.response.headers.get('etag') ?? ''
    expect((await fromCold(api, MARKETPLACE, { 'if-none-match': etag })).calls).toEqual([NEWEST])
  })

  test('what is larger than an answer may be is refused, with a filter that works', async () => {
    await addCopies(api, 'long', 4_000)
    let answer = await fromCold(api)
    for (let at = 0; answer.response.status === 503 && at < 20; at++) {
      if (at === 0) await hashMost(api, 'long', 1500)
      answer = await fromCold(api)
    }
    expect(answer.json).toMatchObject({
      status: 422,
      code: 'ANSWER_TOO_LARGE',
      error: expect.stringContaining('14000 plugins'),
      hint: expect.stringContaining('?tag='),
    })
    const part = await fromCold(api, `${MARKETPLACE}?tag=copy`)
    expect(part.calls).toEqual([NEWEST, READ])
    expect((part.json as Marketplace).plugins).toHaveLength(COUNT - 3)
    expect((part.json as Marketplace).renames).toBeUndefined()
    await addCopies(api, 'copy-1', 7_000)
    const early = await fromCold(api)
    expect([early.response.status, early.calls]).toEqual([422, [NEWEST, READ]])
  })

  const fetchBytes = async (url: string) => {
    const { createApi } = await import('../../src/api/app.ts')
    const response = await createApi(api.ports).fetch(new Request(url))
    return new Uint8Array(await response.arrayBuffer())
  }
})
