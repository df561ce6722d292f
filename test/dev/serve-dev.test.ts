import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createClient, type SupabaseClient, type SupabaseClientOptions } from '@supabase/supabase-js'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import type { Keys } from '../../src/cloud/embedded/keys.ts'
import { openHosted } from '../../src/cloud/hosted/open-hosted.ts'
import { sha256 } from '../../src/contract/digest.ts'
import { type DevServer, serveDev } from '../../src/dev/serve-dev.ts'
import { agents } from '../../src/plugins/agents/kind.ts'
import { servers } from '../../src/plugins/servers/kind.ts'
import { skills } from '../../src/plugins/skills/kind.ts'
import { templates } from '../../src/plugins/templates/kind.ts'
import { connectRegistry } from '../../src/worker/connect-registry.ts'
import { packAgent, packFiles, publish, resultOf } from '../cloud/support/definitions.ts'
import { temporaryRoot } from '../cloud/support/temporary-folder.ts'
import { placeEmbedded } from '../harness/embedded-template.ts'
import { agent } from '../harness/project.ts'

/** Definitions that clients of other protocols read. */
const PUBLIC = [
  {
    kind: 'servers',
    packed: packFiles('servers', 'io-github-acme-books', {
      'server.json': JSON.stringify({
        name: 'io.github.acme/books',
        description: 'Reads books.',
        version: '1.0.0',
        remotes: [{ type: 'streamable-http', url: 'https://mcp.example.com/' }],
        _meta: { 'dev.nofx/registry': { owner: '@acme/tools' } },
      }),
    }),
  },
  {
    kind: 'skills',
    packed: packFiles('skills', 'forms', {
      'SKILL.md': '---\nname: forms\ndescription: Fills forms.\nmetadata: {nofx-owner: me}\n---\nDo it.\n',
    }),
  },
]

type Transport = NonNullable<SupabaseClientOptions<'public'>['realtime']>['transport']

/** A client as users create it; Node.js 20 needs a WebSocket passed in. */
const clientWith = (url: string, key: string): SupabaseClient =>
  createClient(url, key, { realtime: { transport: WebSocket as unknown as Transport } })

describe('the server of nofx dev', () => {
  const { path: root, remove } = temporaryRoot()
  const lines: string[] = []
  let server: DevServer
  let keys: Keys
  beforeAll(async () => {
    await placeEmbedded(root)
    server = await serveDev({
      root,
      kinds: [agents, servers, skills, templates],
      port: 0,
      log: (line) => lines.push(line),
    })
    keys = JSON.parse(readFileSync(join(root, '.nofx/keys.json'), 'utf8')) as Keys
  })
  afterAll(async () => {
    await server.close()
    remove()
  })
  const get = (path: string, init?: RequestInit) => fetch(`${server.url}${path}`, init)

  test('unmodified supabase-js can read what the CLI published, call functions, upload and download', async () => {
    const registry = openHosted({ url: server.url, secretKey: keys.secret, retry: { attempts: 1 } })
    const packed = packAgent('reviewer', 'You review.')
    expect(resultOf(await publish(registry, [packed])).outcomes).toMatchObject([{ outcome: 'added' }])

    const anonymous = clientWith(server.url, keys.publishable)
    const selected = await anonymous.from('agent_registry').select('agent_id,version')
    expect(selected.data).toEqual([{ agent_id: 'reviewer', version: 1 }])
    const denied = await anonymous.rpc('registry_stored_bundles', { p_bundles: [] })
    expect(denied.error?.code).toBe('42501')

    const service = clientWith(server.url, keys.secret)
    const stored = await service.rpc('registry_stored_bundles', { p_bundles: [packed.item.bundle] })
    expect(stored.data).toEqual([packed.item.bundle.path])
    const bytes = randomBytes(100_000)
    const bucket = service.storage.from('registry')
    expect(
      (await bucket.upload('agents/x/y.tar.gz', bytes, { contentType: 'application/gzip' })).error,
    ).toBeNull()
    const downloaded = await bucket.download('agents/x/y.tar.gz')
    const returned = new Uint8Array((await downloaded.data?.arrayBuffer()) ?? new ArrayBuffer(0))
    expect(sha256(returned)).toBe(sha256(bytes))
  })

  test('each request is one line, whatever answers it and whether it is refused', async () => {
    const before = lines.length
    const paths = ['/api/agents', '/functions/v1/registry_agents_sync', '/functions/v1/none', '/nothing']
    const sent = [...paths, ...paths].map((path, at) => ({
      path,
      method: at < paths.length ? 'GET' : 'POST',
    }))
    for (const { path, method } of sent) {
      const answer = await get(path, method === 'POST' ? { method, body: '{}' } : { method })
      expect(answer.status, path).toBeLessThan(500)
      await answer.arrayBuffer()
    }
    await vi.waitFor(() => expect(lines.length - before).toBeGreaterThanOrEqual(sent.length))
    const shown = lines
      .slice(before)
      .map((line) => / ([A-Z]+) (\S+) \d{3} \d+ ms \d+ B$/.exec(line)?.slice(1, 3))
    expect(shown).toEqual(sent.map(({ method, path }) => [method, path]))
  })

  test('large bundles are uploaded in chunks, as on Supabase', async () => {
    const registry = openHosted({ url: server.url, secretKey: keys.secret, retry: { attempts: 1 } })
    const { item } = packFiles('agents', 'large', { 'agent.json': JSON.stringify(agent('large')) })
    const archive = randomBytes(13 * 1024 * 1024)
    await registry.upload(item.bundle, archive)
    expect(sha256(await registry.download(item.bundle.path))).toBe(sha256(archive))
    const refused = await get('/storage/v1/upload/resumable', { method: 'POST' })
    expect(refused.status).toBe(403)
  })

  test('the edge functions are served to callers with a key', async () => {
    const call = (headers: Record<string, string>) =>
      get('/functions/v1/registry_agents_sync', {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: '{"action":"nothing"}',
      })
    expect((await call({})).status).toBe(401)
    expect((await call({ apikey: keys.publishable })).status).toBe(401)
    const understood = await call({ apikey: keys.secret })
    expect(understood.status).toBe(400)
    expect(await understood.json()).toMatchObject({ ok: false })
    expect((await get('/functions/v1/registry_robots_sync', { method: 'POST' })).status).toBe(404)
  })

  test('the API is served behind the middleware', async () => {
    const listed = await get('/api/agents?limit=1')
    expect(listed.status).toBe(200)
    expect(await listed.json()).toMatchObject({ items: [{ id: 'reviewer' }] })
    const unknown = await get('/api/robots')
    expect(unknown.status).toBe(404)
    expect(unknown.headers.get('content-type')).toContain('application/problem+json')
  })

  test('servers and skills are served to the clients of others and to a worker', async () => {
    const registry = openHosted({ url: server.url, secretKey: keys.secret, retry: { attempts: 1 } })
    for (const { kind, packed } of PUBLIC) resultOf(await publish(registry, [packed], { kind }))
    const name = 'io.github.acme/books'
    const listed = await get('/v0.1/servers')
    expect(await listed.json()).toMatchObject({ servers: [{ server: { name } }], metadata: { count: 1 } })
    for (const base of ['/v0.1', '/v0', '/api/mcp-registry/v0.1']) {
      const shown = await get(`${base}/servers/${encodeURIComponent(name)}/versions/latest`)
      expect([base, shown.status]).toEqual([base, 200])
      expect(await shown.json()).toMatchObject({ server: { name, version: '1.0.0' } })
    }
    expect((await get(`/v0.1/servers/..%2Fbooks/versions/latest`)).status).toBe(404)
    const index = await get('/.well-known/agent-skills/index.json')
    expect(await index.json()).toMatchObject({ skills: [{ name: 'forms', type: 'skill-md' }] })
    expect(await (await get('/.well-known/agent-skills/forms/SKILL.md')).text()).toContain('Do it.')

    const { path: cacheDir, remove } = temporaryRoot()
    const worker = await connectRegistry({ url: server.url, key: keys.publishable, cacheDir, log: () => {} })
    onTestFinished(async () => {
      await worker.close()
      remove()
    })
    expect(await worker.definition('servers', 'io-github-acme-books')).toMatchObject({
      ok: true,
      definition: { version: 1, manifest: { name, remotes: [{ url: 'https://mcp.example.com/' }] } },
    })
    expect(await worker.definition('servers', 'io-github-acme-none')).toMatchObject({ ok: false })
  })

  test.each<[path: string, status: number, init?: RequestInit]>([
    ['/', 200],
    ['/', 405, { method: 'POST' }],
    ['/favicon.ico', 404],
    ['/restore/v1', 404],
    ['/rest/v2/agent_registry', 404],
    ['/rest/v1/../../.nofx/keys.json', 404],
    ['/rest/v1/%2e%2e/%2e%2e/keys.json', 404],
    ['/admin', 404],
  ])('every other path is refused: %s is answered with %i, as JSON', async (path, status, init) => {
    const response = await get(path, init)
    expect(response.status).toBe(status)
    expect(response.headers.get('content-type')).toMatch(/^application\/json/)
    expect(await response.text()).not.toMatch(/sb_secret_\w|\bat .+:\d+/)
  })

  test('foreign pages and foreign host names are refused', async () => {
    const statusWith = (headers: Record<string, string>) =>
      new Promise((resolve) => {
        const { hostname, port } = new URL(server.url)
        httpRequest({ hostname, port, path: '/api/agents', headers }, (response) => {
          resolve(response.resume().statusCode)
        }).end()
      })
    expect(await statusWith({ origin: 'https://evil.example' })).toBe(403)
    expect(await statusWith({ host: 'evil.example' })).toBe(403)
    expect(await statusWith({ origin: 'http://localhost:3000' })).toBe(200)
  })

  test('a method that Request does not allow is answered with 405', async () => {
    const { hostname, port } = new URL(server.url)
    const answer = await new Promise<IncomingMessage>((resolve) => {
      httpRequest({ hostname, port, path: '/api/agents', method: 'TRACE' }, resolve).end()
    })
    expect(answer.resume().statusCode).toBe(405)
    expect(answer.headers.allow).toContain('GET')
  })

  test('a malformed request line is answered with 400', async () => {
    const { hostname, port } = new URL(server.url)
    const status = await new Promise((resolve) => {
      const headers = { host: 'a b' }
      httpRequest({ hostname, port, path: '/', headers }, (response) => {
        response.resume()
        resolve(response.statusCode)
      }).end()
    })
    expect(status).toBe(400)
  })

  test('the server logs one line for each request, without any key', async () => {
    const from = lines.length
    await get(`/rest/v1/agent_registry?apikey=${keys.secret}&select=agent_id`)
    await get(`/rest/v1/agent_registry?select=agent_id`, { headers: { apikey: keys.secret } })
    await expect.poll(() => lines.length).toBeGreaterThanOrEqual(from + 2)
    expect(lines.slice(from)).toEqual([
      expect.stringMatching(/GET \/rest\/v1\/agent_registry\?apikey=…&select=agent_id \d+ \d+ ms \d+ B$/),
      expect.stringMatching(/GET \/rest\/v1\/agent_registry\?select=agent_id 200 \d+ ms \d+ B$/),
    ])
    const all = lines.join('\n')
    for (const key of Object.values(keys)) expect(all).not.toContain(key.slice(0, 30))
  })
})

test('a server that closes answers requests under way, and then accepts nothing', async () => {
  const { path: root, remove } = temporaryRoot()
  onTestFinished(remove)
  await placeEmbedded(root)
  const server = await serveDev({ root, kinds: [agents], port: 0, log: () => {} })
  const { secret } = JSON.parse(readFileSync(join(root, '.nofx/keys.json'), 'utf8')) as Keys
  const { hostname, port } = new URL(server.url)
  const headers = { apikey: secret, 'content-type': 'application/json' }
  const path = '/rest/v1/rpc/registry_stored_bundles'
  const sending = httpRequest({ hostname, port, path, method: 'POST', headers })
  const answered = new Promise<number | undefined>((resolve) => {
    sending.once('response', (response) => {
      response.resume()
      resolve(response.statusCode)
    })
  })
  // Half a request: the server has it and cannot answer it yet.
  sending.write('{"p_bun')
  await fetch(server.url)
  const closed = server.close()
  await expect
    .poll(() =>
      fetch(server.url).then(
        () => 'answered',
        () => 'refused',
      ),
    )
    .toBe('refused')
  sending.end('dles":[]}')
  expect(await answered).toBe(200)
  await closed
  // The lock is free: the same folder is opened again at once.
  const again = await serveDev({ root, kinds: [agents], port: Number(port), log: () => {} })
  expect(again.port).toBe(Number(port))
  await again.close()
})

test('a port in use is refused before anything is created', async () => {
  const { path: root, remove } = temporaryRoot()
  onTestFinished(remove)
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void other.close())
  const { port } = other.address() as AddressInfo
  const failure = await serveDev({ root, kinds: [agents], port, log: () => {} }).catch((error) => error)
  expect(failure).toMatchObject({
    code: 'CONFIG',
    message: `port ${port} is in use (127.0.0.1)`,
    hint: 'choose another with --port; 0 takes a free one',
  })
  const away = serveDev({ root, kinds: [agents], port: 0, host: '192.0.2.1', log: () => {} })
  await expect(away).rejects.toMatchObject({ code: 'CONFIG', message: expect.stringContaining('192.0.2.1') })
})
