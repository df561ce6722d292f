import { request as rawRequest } from 'node:http'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { LARGEST_UPLOAD } from '../../../src/edge/gateway/gateway-routes.ts'
import { createRegistryFunction } from '../../../src/edge/registry-function.ts'
import { agents } from '../../../src/plugins/agents/kind.ts'
import { packAgent } from '../../cloud/support/definitions.ts'
import {
  FUNCTION,
  NO_CREDENTIALS,
  type Project,
  refusal,
  serveProject,
} from '../support/functions-under-test.ts'

let project: Project

beforeAll(async () => {
  project = await serveProject()
})
afterAll(() => project?.close())
beforeEach(() => {
  project.lines.length = 0
  project.calls.length = 0
})

const inPreview = (name: string, args: object) => ({ p_env: 'pr-1', p_function: name, p_args: args })
const packed = packAgent('writer', 'You write.\n')
const bundle = `/storage/v1/object/registry/${packed.item.bundle.path}`
const asPublisher = () => ({ authorization: `Bearer ${project.publisher}` })

/** The requests that the gateway passed on, without the function's own reads to identify the caller. */
const passedOn = () =>
  project.calls.filter((call) => !call.includes(FUNCTION) && !/jwks|registry_policies/.test(call))

const ONLY_A_KEY = refusal('REFUSED', 'only a secret key may do this', 'set SUPABASE_SECRET_KEY')

describe('the gateway below a function', () => {
  const DIGEST = 'a'.repeat(64)
  const PASSED: [method: string, path: string, status: number][] = [
    ['GET', '/rest/v1/registry_heads?select=*&kind=eq.agents', 200],
    ['GET', '/rest/v1/registry_revisions?select=id,version&kind=eq.agents&order=id&limit=1000', 200],
    ['GET', '/rest/v1/registry_revisions?select=id&or=(and(id.eq.a,version.eq.1))', 200],
    ['GET', '/rest/v1/registry_releases?select=id', 200],
    ['GET', '/rest/v1/registry_events?select=seq&seq=gt.0', 200],
    ['GET', '/rest/v1/template_instantiations?select=*&limit=1', 200],
    ['GET', '/rest/v1/registry_counter?select=seq&limit=1', 200],
    ['POST', '/rest/v1/rpc/registry_heads_json', 200],
    ['POST', '/rest/v1/rpc/registry_heads_since', 200],
    ['POST', '/rest/v1/rpc/registry_heads_apart', 200],
    ['POST', '/rest/v1/rpc/registry_list', 200],
    ['POST', '/rest/v1/rpc/registry_live_at', 200],
    ['POST', '/rest/v1/rpc/registry_stored_bundles', 200],
    ['POST', '/storage/v1/object/list-v2/registry', 200],
    ['GET', `/storage/v1/object/registry/agents/nobody/${DIGEST}.tar.gz`, 400],
  ]
  test.each(PASSED)('the gateway passes on %s %s', async (method, path, status) => {
    const name = path.split('/').at(-1)
    const more: Record<string, object> = {
      registry_live_at: { p_at: '2025-11-01' },
      registry_list: { p_query: { limit: 1 } },
    }
    const wanted = { p_kind: 'agents', ...more[name ?? ''] }
    const bodies: Record<string, string> = {
      registry_heads_json: '{"p_kinds":["agents"]}',
      registry_heads_since: '{"p_known":[{"kind":"agents"}]}',
      registry_heads_apart: '{"p_asked":[{"kind":"agents"}]}',
      registry_stored_bundles: '{"p_bundles":[]}',
      registry: '{"prefix":"agents/","limit":1000}',
    }
    const body = bodies[name ?? ''] ?? JSON.stringify(wanted)
    const response = await fetch(`${project.url}${FUNCTION}${path}`, {
      method,
      headers: { ...asPublisher(), 'content-type': 'application/json' },
      ...(method === 'POST' ? { body } : {}),
    })
    expect([response.status, passedOn()]).toEqual([status, [`${method} ${path.replace(/\?.*/, '')}`]])
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(project.lines).toMatchObject([
      {
        event: 'registry_gateway',
        via: 'publisher',
        actor: 'me@example.com',
        path: path.replace(/\?.*/, ''),
      },
    ])
  })

  test.each(PASSED)('the gateway requires credentials for %s %s', async (method, path) => {
    const init = { method, headers: { apikey: project.cloud.keys.publishable } }
    const response = await fetch(`${project.url}${FUNCTION}${path}`, init)
    expect([response.status, await response.json()]).toEqual([401, NO_CREDENTIALS])
    expect(passedOn()).toEqual([])
  })

  test.each<[string, object]>([
    ['all objects', { prefix: '', limit: 10 }],
    ['reports', { prefix: 'reports/', limit: 10 }],
    ['another kind', { prefix: 'templates/', limit: 10 }],
    ['a preview', { prefix: 'preview-one/agents/', limit: 10 }],
    ['a sign of LIKE', { prefix: '%/', limit: 10 }],
    ['too many', { prefix: 'agents/', limit: 1_001 }],
    ['an order', { prefix: 'agents/', limit: 10, sortBy: { column: 'updated_at' } }],
    ['an array as prefix', { prefix: ['agents/'], limit: 10 }],
  ])('the gateway lists bundles of its kind alone, not %s', async (_what, body) => {
    const response = await fetch(`${project.url}${FUNCTION}/storage/v1/object/list-v2/registry`, {
      method: 'POST',
      headers: { ...asPublisher(), 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    expect([response.status, passedOn()]).toEqual([400, []])
  })

  const LOCK = { kind: 'templates', id: 'triage', version: 1, digest: DIGEST }
  const PLAN = { key: 'k', hash: 'h', source: LOCK, locks: [], document: {} }
  test.each<[string, string, object]>([
    ['a release in a preview', 'registry_preview_write', inPreview('registry_commit', { p_request: PLAN })],
    ['a call of another form', 'registry_preview_write', inPreview('registry_instantiate', {})],
    ['a plan with other fields', 'registry_instantiate', { p_request: { ...PLAN, created_at: 'now' } }],
    ['a plan with other arguments', 'registry_instantiate', { p_request: PLAN, p_more: 1 }],
    ['no plan', 'registry_instantiate', {}],
  ])('the gateway stores plans alone, not %s', async (_what, name, body) => {
    const response = await fetch(`${project.url}${FUNCTION}/rest/v1/rpc/${name}`, {
      method: 'POST',
      headers: { ...asPublisher(), 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    expect([response.status, passedOn()]).toEqual([400, []])
  })

  test.each([
    ['another table', 'GET', '/rest/v1/registry_policies'],
    ['a table of tokens', 'GET', '/rest/v1/registry_used_tokens'],
    ['staged definitions', 'GET', '/rest/v1/registry_staged?select=*'],
    ['all tables', 'GET', '/rest/v1/'],
    ['a write', 'POST', '/rest/v1/registry_heads'],
    ['a change', 'PATCH', '/rest/v1/registry_heads?id=eq.writer'],
    ['a removal', 'DELETE', '/rest/v1/registry_heads?id=eq.writer'],
    ['a join', 'GET', '/rest/v1/registry_heads?select=*,registry_staged(*)'],
    ['a join, escaped', 'GET', '/rest/v1/registry_heads?select=*,registry_staged%28*%29'],
    ['a second select with a join', 'GET', '/rest/v1/registry_heads?select=id&select=registry_staged(*)'],
    ['a join behind a semicolon', 'GET', '/rest/v1/registry_heads?limit=1;select=*,registry_staged(*)'],
    ['a count', 'GET', '/rest/v1/registry_heads?select=count()'],
    ['an effect', 'POST', '/rest/v1/rpc/registry_commit'],
    ['a claim', 'POST', '/rest/v1/rpc/registry_claim_token'],
    ['a function by GET', 'GET', '/rest/v1/rpc/registry_heads_json?p_kinds=[]'],
    ['a slash at the end', 'GET', '/rest/v1/registry_heads/'],
    ['two slashes', 'GET', '/rest/v1//registry_heads'],
    ['two slashes at the start', 'GET', '//rest/v1/registry_heads'],
    ['an escaped slash', 'GET', '/rest/v1%2fregistry_heads'],
    ['an escaped letter', 'GET', '/rest/v1/registry_head%73'],
    ['an escaped end', 'GET', '/rest/v1/registry_heads%00'],
    ['upper case', 'GET', '/REST/v1/registry_heads'],
    ['another bucket', 'GET', `/storage/v1/object/other/agents/a/${DIGEST}.tar.gz`],
    ['another kind', 'POST', `/storage/v1/object/registry/templates/a/${DIGEST}.tar.gz`],
    ['another name', 'POST', '/storage/v1/object/registry/agents/a/latest.tar.gz'],
    ['an overwrite', 'PUT', bundle],
    ['a removed object', 'DELETE', bundle],
    ['a removed bucket', 'DELETE', '/storage/v1/object/registry'],
    ['a list', 'POST', '/storage/v1/object/list/registry'],
    ['a signed URL', 'POST', `/storage/v1/object/sign/registry/${packed.item.bundle.path}`],
    ['users', 'GET', '/auth/v1/admin/users'],
    ['nothing', 'GET', '/'],
  ])('the gateway refuses %s', async (_what, method, path) => {
    const before = await project.stored()
    const response = await fetch(`${project.url}${FUNCTION}${path}`, { method, headers: asPublisher() })
    expect([response.status, await response.json()]).toEqual([404, ONLY_A_KEY])
    expect(passedOn()).toEqual([])
    expect(await project.stored()).toBe(before)
  })

  test.each([
    ['dot segments', `${FUNCTION}/rest/v1/rpc/../../../../../rest/v1/registry_staged`],
    ['escaped dots', `${FUNCTION}/rest/v1/%2e%2e/%2e%2e/rest/v1/registry_staged`],
    ['half-escaped dots', `${FUNCTION}/storage/v1/object/registry/agents/.%2e/.%2E/x/${DIGEST}.tar.gz`],
    ['twice escaped dots', `${FUNCTION}/storage/v1/object/registry/agents/%252e%252e/${DIGEST}.tar.gz`],
    ['backslashes', `${FUNCTION}/storage/v1/object/registry/agents\\..\\..\\x/${DIGEST}.tar.gz`],
    ['a host', `${FUNCTION}/@evil.example.com/rest/v1/registry_heads`],
  ])('the gateway cannot be escaped by %s, sent unchanged', async (_what, path) => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const { port } = new URL(project.url)
      const options = { host: '127.0.0.1', port, path, headers: asPublisher() }
      rawRequest(options, (response) => resolve(response.resume().statusCode))
        .on('error', reject)
        .end()
    })
    // The server resolves segments that lead out of the function: there the caller has only its own rights.
    expect([401, 403, 404]).toContain(status)
    expect(project.lines.filter((line) => line.path)).toEqual([])
  })

  describe('the gateway’s requests and answers', () => {
    let seen: { url: string; redirect: string; headers: Record<string, string> }[]
    let bodies: string[]
    let answer: () => Response
    let handle: (request: Request) => Promise<Response>
    beforeAll(() => {
      handle = createRegistryFunction({
        kind: agents,
        env: { SUPABASE_URL: project.url, SUPABASE_SECRET_KEY: project.cloud.keys.secret },
        fetch: async (input, init) => {
          const request = new Request(input, init)
          const body = await request.text()
          const { url, redirect, headers } = request
          seen.push({ url, redirect, headers: Object.fromEntries(headers) })
          bodies.push(body)
          return answer()
        },
        log: (line) => project.lines.push(line),
      })
    })
    beforeEach(() => {
      seen = []
      bodies = []
      answer = () => Response.json([])
    })
    const ask = (path: string, init: RequestInit = {}) =>
      handle(
        new Request(`http://functions.test${FUNCTION}${path}`, {
          ...init,
          headers: { apikey: project.cloud.keys.secret, ...init.headers },
        }),
      )

    test.each([
      ['production', 'registry_instantiate', (call: object) => call],
      ['a preview', 'registry_preview_write', (call: object) => inPreview('registry_instantiate', call)],
    ])('a plan in %s has the key holder that the credentials prove', async (_where, name, wrap) => {
      const body = JSON.stringify(wrap({ p_request: { ...PLAN, actor: 'eve', principal: 'user eve' } }))
      await ask(`/rest/v1/rpc/${name}`, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json' },
      })
      // A secret key does not identify its holder, who names the actor.
      const expected = wrap({ p_request: { ...PLAN, actor: 'eve', principal: 'owner' } })
      expect(bodies.map((text) => JSON.parse(text))).toEqual([expected])
    })

    test('the gateway passes on a few headers, and its own key instead of the caller’s', async () => {
      await ask('/rest/v1/registry_heads?select=id', {
        headers: {
          accept: 'application/json',
          cookie: 'session=1',
          prefer: 'tx=rollback',
          'accept-profile': 'storage',
          'x-forwarded-host': 'evil.example.com',
          'x-upsert': 'true',
        },
      })
      const { secret } = project.cloud.keys
      expect(seen).toEqual([
        {
          url: `${project.url}/rest/v1/registry_heads?select=id`,
          // a key must not follow a redirect
          redirect: 'error',
          headers: { accept: 'application/json', apikey: secret, authorization: `Bearer ${secret}` },
        },
      ])
    })

    test('the gateway passes on two headers of the answer', async () => {
      const headers = { 'content-range': '0-0/1', 'set-cookie': 'a=b', 'x-secret': project.cloud.keys.secret }
      answer = () => Response.json([{ id: 'a' }], { status: 206, headers })
      const response = await ask('/rest/v1/registry_heads?select=id')
      expect([response.status, await response.json()]).toEqual([206, [{ id: 'a' }]])
      expect(Object.fromEntries(response.headers)).toEqual({
        'cache-control': 'no-store',
        'content-range': '0-0/1',
        'content-type': 'application/json',
      })
    })

    test('the gateway passes on no bundle over 6 MB, whatever its declared length', async () => {
      const tooLarge = refusal(
        'REFUSED',
        `the body is larger than ${LARGEST_UPLOAD} bytes`,
        'publish with SUPABASE_SECRET_KEY, which can send more',
      )
      const endless = new ReadableStream({
        pull: (controller) => controller.enqueue(new Uint8Array(1024 * 1024)),
      })
      const declared = { 'content-length': String(LARGEST_UPLOAD + 1) }
      const init = { method: 'POST', duplex: 'half' } as RequestInit
      for (const rest of [{ body: endless }, { body: 'x', headers: declared }]) {
        const response = await ask(bundle, { ...init, ...rest })
        expect([response.status, await response.json()]).toEqual([413, tooLarge])
      }
      expect(seen).toEqual([])
      expect((await ask(bundle, { ...init, body: new Uint8Array(LARGEST_UPLOAD) })).status).toBe(200)
    })

    test('the gateway does not show why the project is unreachable', async () => {
      answer = () => {
        throw new Error(`connect ECONNREFUSED ${project.cloud.keys.secret.slice(0, 3)} 10.0.0.7`)
      }
      const response = await ask('/rest/v1/registry_heads?select=id')
      expect([response.status, await response.json()]).toEqual([
        500,
        refusal(
          'REMOTE_FAILED',
          'the registry could not do this',
          'run the command again; nothing half-done is visible',
        ),
      ])
      expect(project.lines.at(-1)).toMatchObject({
        phase: 'database',
        cause: expect.stringContaining('ECONN'),
      })
    })
  })
})
