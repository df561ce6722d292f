import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { gate } from '../../src/api/http/gate.ts'
import { newSecret } from '../../src/contract/protocol/signature.ts'
import { type ApiUnderTest, openApiUnderTest } from '../api/support/api-under-test.ts'
import { readEvents } from '../api/support/event-reader.ts'
import { fillRegistry } from '../api/support/filled-registry.ts'
import {
  PATH as DELIVERIES,
  deliveryOf,
  FORGERIES,
  type Forgery,
  signedDelivery,
} from '../api/support/forged-deliveries.ts'
import { BODIES, CURSORS, METHODS, PATHS, QUERIES } from '../api/support/refusal-cases.ts'
import { packFiles, publish, resultOf } from '../cloud/support/definitions.ts'
import { type HttpCloud, serveCloud } from '../cloud/support/http-cloud.ts'
import { laterNames } from '../harness/later-imports.ts'
import { buildFunctions } from './support/build-functions.ts'
import { serveOutput } from './support/serve-output.ts'

/** What the whole Vercel CLI built (`npm run check:vercel`). Without it, the builder that the CLI uses is called here. */
const ready = process.env.NOFX_VERCEL_OUTPUT

const ID = 'the-same-request'
const PLATFORM = Symbol.for('@vercel/request-context')
const SECRET = newSecret()
/** Headers that an answer has of us; the others are the server's own. */
const OURS = [
  'cache-control',
  'vercel-cdn-cache-control',
  'vercel-cache-tag',
  'content-type',
  'etag',
  'link',
  'allow',
  'access-control-allow-origin',
  'x-request-id',
]

interface Seen {
  status: number
  headers: Record<string, string | null>
  body: string
}

async function seen(response: Response): Promise<Seen> {
  const headers = Object.fromEntries(
    OURS.map((name) => [name, response.headers.get(name)]),
  ) as Seen['headers']
  const body = await response.text()
  // A server may name a type for nothing.
  if (body === '') headers['content-type'] = null
  return { status: response.status, headers, body }
}

describe('what Vercel builds', () => {
  let output: string
  let api: ApiUnderTest
  let cloud: HttpCloud
  let site: Awaited<ReturnType<typeof serveOutput>>
  let here: (request: Request) => Promise<Response>

  beforeAll(async () => {
    output = ready ?? (await buildFunctions())
    api = await openApiUnderTest()
    await fillRegistry(api)
    cloud = await serveCloud(api.cloud)
    // The functions run in this process and read its environment at their first request.
    Object.assign(process.env, {
      SUPABASE_URL: cloud.url,
      SUPABASE_PUBLISHABLE_KEY: api.cloud.keys.publishable,
      SUPABASE_SECRET_KEY: api.cloud.keys.secret,
      NOFX_JWT_SECRET: api.cloud.keys.jwtSecret,
      NOFX_RATE_LIMIT: '0',
      NOFX_EVENTS_SECRET: SECRET,
    })
    site = await serveOutput(output)
    const { createApi } = await import('../../src/api/app.ts')
    const app = createApi(api.ports)
    here = async (request) => gate(request) ?? app.fetch(request)
  }, 600_000)
  afterAll(async () => {
    await site?.close()
    await cloud?.close()
    await api?.close()
    if (output !== ready) rmSync(output, { recursive: true, force: true })
  })

  /** Sends a request to the built functions over HTTP, and to the sources in this process. */
  async function both(path: string, init: RequestInit = {}): Promise<{ built: Seen; source: Seen }> {
    const headers = new Headers(init.headers)
    headers.set('x-request-id', ID)
    const whole = { ...init, headers, redirect: 'manual' as const }
    const [built, source] = [
      await seen(await fetch(`${site.url}${path}`, whole)),
      await seen(await here(new Request(`${site.url}${path}`, whole))),
    ]
    return { built, source }
  }

  const functionsOf = [
    '[kind]/index',
    '[kind]/[id]/index',
    '[kind]/[id]/[action]',
    'health',
    'events',
    'events/deliveries',
    'releases',
    'mcp',
    'discovery',
  ]
  test.each(functionsOf)('has the function api/%s', (name) => {
    expect(existsSync(join(output, 'functions/api', `${name}.func`))).toBe(true)
  })

  test('has few files in a function, and every name that they take from each other', async () => {
    const folder = join(output, 'functions/api/mcp.func')
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((file) =>
      file.isFile(),
    )
    expect(files.length).toBeLessThan(100)
    const names = await laterNames(join(folder, 'dist/functions'))
    expect(names.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['dangerouslyDeleteByTag', 'Upload']),
    )
    expect(names.filter(({ exported }) => !exported)).toEqual([])
  })

  test.each([
    '/api/agents',
    '/api/agents?limit=2&skill=work',
    '/api/templates',
    '/api/agents/steady',
    '/api/agents/steady/versions',
    '/api/agents/steady/versions/2',
    '/api/agents/steady/diff?from=1&to=3',
    '/api/templates/triage-issue',
    '/api/schemas/agents',
    '/api/schemas/templates',
    '/api/openapi.json',
    '/api/events',
    '/api/events?since=2&limit=2',
  ])('answers %s as the sources do', async (path) => {
    const { built, source } = await both(path)
    expect(built.status).toBe(200)
    expect(built).toEqual(source)
    const { etag } = built.headers
    if (!etag) return
    const again = await both(path, { headers: { 'if-none-match': etag } })
    expect(again.built).toMatchObject({ status: 304, body: '' })
    expect(again.built).toEqual(again.source)
  })

  // Vercel redirects `/` to the console: built-console.test.ts.
  const paths = PATHS.filter(([path]) => path !== '/')

  test.each([...paths, ...QUERIES, ...CURSORS, ...BODIES, ...METHODS])(
    'refuses %s as the sources do',
    async (path, init) => {
      const { built, source } = await both(path, init)
      expect(built.status).toBe(source.status)
      // The platform answers by itself where no file of ours is.
      if (built.body !== '') expect(built).toEqual(source)
    },
  )

  test('says that it is healthy, and lists releases for publishers alone', async () => {
    expect((await both('/api/health')).built.status).toBe(200)
    expect((await both('/api/releases')).built).toMatchObject({ status: 401 })
    const { built, source } = await both('/api/releases', { headers: await api.token() })
    expect(built).toMatchObject({ status: 200, headers: { 'cache-control': 'private, no-store' } })
    expect(built).toEqual(source)
  })

  test('streams events, and takes the last id', async () => {
    const headers = { accept: 'text/event-stream', 'last-event-id': '1' }
    const stream = await fetch(`${site.url}/api/events`, { headers })
    expect([stream.status, stream.headers.get('content-type')]).toEqual([
      200,
      'text/event-stream; charset=utf-8',
    ])
    const reader = readEvents(stream)
    expect(await reader.events(1)).toEqual([expect.stringMatching(/^2 agent\.added /)])
    await reader.leave()
  })

  test('serves the registry as an MCP server', async () => {
    const called = { name: 'get_definition', arguments: { kind: 'agents', id: 'steady', version: 1 } }
    const { built, source } = await both('/api/mcp', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: called }),
    })
    expect(built.status).toBe(200)
    expect(built.body).toContain('You are steady, version 1.')
    expect(built).toEqual(source)
  })

  test('redirects to a bundle that can be fetched', async () => {
    const redirect = await fetch(`${site.url}/api/agents/steady/bundle`, { redirect: 'manual' })
    expect(redirect.status).toBe(302)
    const bundle = await fetch(redirect.headers.get('location') ?? '')
    expect(bundle.status).toBe(200)
  })

  test('refuses in the middleware what no function should see', async () => {
    const { built, source } = await both('/api/agents/%2e%2e%2fsecret')
    expect(built.status).toBeGreaterThanOrEqual(400)
    expect(built).toEqual(source)
  })

  test('writes for publishers alone', async () => {
    const body = JSON.stringify({ targetVersion: 1, reason: 'a test' })
    const path = `${site.url}/api/agents/steady/rollback`
    const json = { 'content-type': 'application/json' }
    expect((await fetch(path, { method: 'POST', headers: json, body })).status).toBe(401)
    const reader = await api.token({ role: 'reader' })
    expect((await fetch(path, { method: 'POST', headers: { ...json, ...reader }, body })).status).toBe(403)
    const publisher = await api.token()
    const done = await fetch(path, { method: 'POST', headers: { ...json, ...publisher }, body })
    expect(done.status).toBe(200)
    const { built } = await both('/api/agents/steady')
    expect(JSON.parse(built.body)).toMatchObject({ version: 4, origin: 'rollback' })
  })

  describe('of what clients of other protocols fetch', () => {
    const name = 'io.github.acme/books'
    const encoded = encodeURIComponent(name)
    beforeAll(async () => {
      const { registry } = api.ports
      const manifest = {
        name,
        description: 'Reads books.',
        version: '1.0.0',
        remotes: [{ type: 'streamable-http', url: 'https://mcp.example.com/' }],
        _meta: { 'dev.nofx/registry': { owner: '@acme/tools' } },
      }
      const server = packFiles('servers', 'io-github-acme-books', { 'server.json': JSON.stringify(manifest) })
      resultOf(await publish(registry, [server], { kind: 'servers' }))
      const text = '---\nname: forms\ndescription: Fills forms.\nmetadata: {nofx-owner: me}\n---\nDo it.\n'
      resultOf(
        await publish(registry, [packFiles('skills', 'forms', { 'SKILL.md': text })], { kind: 'skills' }),
      )
    })

    test.each([
      ['/v0.1/servers', name],
      ['/v0/servers?limit=1&search=books', name],
      ['/api/mcp-registry/v0.1/servers', name],
      // The name of a server has an encoded slash, which has to arrive as it was sent.
      [`/v0.1/servers/${encoded}/versions`, name],
      [`/v0.1/servers/${encoded.toLowerCase()}/versions/latest`, name],
      [`/api/mcp-registry/v0.1/servers/${encoded}/versions/1.0.0`, name],
      ['/.well-known/agent-skills/index.json', '"forms"'],
      ['/.well-known/agent-skills/forms/SKILL.md', 'Do it.'],
      ['/api/marketplaces/claude/marketplace.json', '"plugins"'],
    ])('answers %s as the sources do', async (path, part) => {
      const { built, source } = await both(path)
      expect([built.status, built.body]).toEqual([200, expect.stringContaining(part)])
      expect(built).toEqual(source)
    })

    test.each([
      '/v0.1/servers/..%2Fbooks/versions',
      '/v0.1/servers/a%2F%2Fb/versions',
      '/v0.1/servers/a%2Fb%00/versions',
      '/v0.1/servers/a/b/versions',
      `/v0.1/servers/${encoded}/versions/9.9.9`,
      '/.well-known/agent-skills/none/SKILL.md',
    ])('answers %s with 404, as the sources do', async (path) => {
      const { built, source } = await both(path)
      expect([built.status, source.status]).toEqual([404, 404])
      if (built.body !== '') expect(built).toEqual(source)
    })
  })

  describe('of news of the registry', () => {
    /** What the platform gives to a function that purges its cache. */
    const purged: string[][] = []
    const context = { purge: { dangerouslyDeleteByTag: async (tags: string[]) => void purged.push(tags) } }
    beforeAll(() => Object.assign(globalThis, { [PLATFORM]: { get: () => context } }))
    afterAll(() => Object.assign(globalThis, { [PLATFORM]: undefined }))
    const send = ({ headers, body }: Forgery) =>
      fetch(`${site.url}${DELIVERIES}`, { method: 'POST', headers, body })

    test('takes what is signed, once, and purges what it names', async () => {
      const delivery = signedDelivery([SECRET], deliveryOf(7))
      expect((await send(delivery)).status).toBe(204)
      expect(purged.splice(0)).toEqual([['registry-agents-lists', 'registry-agents-agent-7']])
      expect((await send(delivery)).status).toBe(401)
      expect(purged).toEqual([])
    })

    test.each(FORGERIES)('refuses one %s in the middleware, and touches nothing', async (_what, forge) => {
      const genuine = signedDelivery([SECRET], deliveryOf(8))
      if (forge.replays) await send(genuine)
      purged.length = 0
      const calls = cloud.calls.length
      const answer = await send(forge.make(genuine, SECRET))
      expect(answer.status).toBe(401)
      expect(await answer.json()).toMatchObject({ code: 'DELIVERY_REFUSED' })
      expect(purged).toEqual([])
      // Not even the registry was asked: neither the function nor the gate came so far.
      expect(cloud.calls).toHaveLength(calls)
    })
  })
})
