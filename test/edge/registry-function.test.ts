import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { contentHash } from '../../src/contract/digest.ts'
import { createRegistryFunction } from '../../src/edge/registry-function.ts'
import { agents } from '../../src/plugins/agents/kind.ts'
import { commitAt, packAgent } from '../cloud/support/definitions.ts'
import {
  FUNCTION,
  NO_CREDENTIALS,
  type Project,
  refusal,
  serveProject,
} from './support/functions-under-test.ts'

let project: Project

beforeAll(async () => {
  project = await serveProject()
})
afterAll(() => project?.close())
beforeEach(() => {
  project.lines.length = 0
  project.calls.length = 0
})

const packed = packAgent('writer', 'You write.\n')
const bundle = `/storage/v1/object/registry/${packed.item.bundle.path}`
const asPublisher = () => ({ authorization: `Bearer ${project.publisher}` })

const post = (headers: Record<string, string>, body: unknown, path = FUNCTION) =>
  fetch(`${project.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })

describe('the function', () => {
  test('the function reads no body before it knows the caller', async () => {
    for (const body of ['{', JSON.stringify({ action: 'stage' }), 'x'.repeat(2_000_000)]) {
      const response = await post({ apikey: project.cloud.keys.publishable }, body)
      expect([response.status, await response.json()]).toEqual([401, NO_CREDENTIALS])
      expect(response.headers.get('www-authenticate')).toBe('Bearer')
      expect(response.headers.get('cache-control')).toBe('no-store')
    }
    expect(project.lines).toEqual(
      Array(3).fill({
        event: 'registry_sync',
        kind: 'agents',
        phase: 'auth',
        code: 'REMOTE_DENIED',
        cause: undefined,
        status: 401,
        ms: expect.any(Number),
      }),
    )
  })

  test('the function refuses another method before it checks credentials', async () => {
    const response = await fetch(`${project.url}${FUNCTION}`, { headers: { apikey: 'sb_secret_wrong' } })
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST'])
    expect(await response.json()).toEqual(refusal('REFUSED', 'GET is not allowed here', 'send POST'))
  })

  test('the function records the publisher of the token, whatever name the request has', async () => {
    const { item, archive } = packed
    const stored = await fetch(`${project.url}${FUNCTION}${bundle}`, {
      method: 'POST',
      headers: { ...asPublisher(), 'content-type': 'application/gzip' },
      body: new Uint8Array(archive),
    })
    expect(stored.status).toBe(200)
    const key = randomUUID()
    expect((await post(asPublisher(), { action: 'stage', key, part: 0, items: [item] })).status).toBe(200)
    const commit = {
      action: 'commit',
      key,
      actor: 'somebody-else@example.com',
      commit: commitAt(1),
      parts: 1,
      content: contentHash([{ kind: 'agents', ...item }]),
      removals: [],
    }
    expect((await post(asPublisher(), commit)).status).toBe(200)
    expect(await project.query('select actor from public.registry_revisions')).toEqual([
      { actor: 'me@example.com' },
    ])
    expect(project.lines.at(-1)).toMatchObject({
      via: 'publisher',
      actor: 'me@example.com',
      action: 'commit',
    })
  })

  test('the function lets the holder of a secret key name the actor', async () => {
    const body = {
      action: 'undelete',
      key: randomUUID(),
      actor: 'ci@example.com',
      kind: 'agents',
      id: 'gone',
    }
    expect((await post({ apikey: project.cloud.keys.secret }, body)).status).toBe(404)
    expect(project.lines.at(-1)).toMatchObject({ via: 'secret', actor: 'ci@example.com', status: 404 })
  })

  test('the function answers also where the platform strips the start of the path, and at no other path', async () => {
    const { secret } = project.cloud.keys
    const handle = createRegistryFunction({
      kind: agents,
      env: { SUPABASE_URL: `${project.url}/`, SUPABASE_SECRET_KEY: secret },
    })
    const statusOf = async (path: string) => {
      const init = { method: 'POST', headers: { apikey: secret } }
      return (await handle(new Request(`https://abc.supabase.co${path}`, init))).status
    }
    expect(await statusOf('/registry_agents_sync')).toBe(415)
    expect(await statusOf(FUNCTION)).toBe(415)
    for (const path of ['/', '/registry_templates_sync', '/x/registry_agents_sync', '/registry_agents_sync2'])
      expect(await statusOf(path)).toBe(404)
  })

  test.each([
    ['no URL', { SUPABASE_URL: '' }, 'SUPABASE_URL is not set'],
    [
      'no key',
      { SUPABASE_SECRET_KEY: '' },
      'neither SUPABASE_SECRET_KEYS nor SUPABASE_SECRET_KEY holds a key',
    ],
    ['a broken key set', { SUPABASE_JWKS: '{' }, 'SUPABASE_JWKS is not JSON'],
  ])('the function does not start with %s', (_what, wrong, message) => {
    const env = { SUPABASE_URL: project.url, SUPABASE_SECRET_KEY: project.cloud.keys.secret, ...wrong }
    expect(() => createRegistryFunction({ kind: agents, env })).toThrow(new Error(message))
  })
})

test('the function never logs a key or a token', async () => {
  const { secret, publishable, jwtSecret } = project.cloud.keys
  const { publisher } = project
  const wrong = `sb_secret_${'w'.repeat(30)}`
  const seen: unknown[] = []
  for (const headers of [{ apikey: secret }, { apikey: wrong }, { apikey: publishable }, asPublisher()]) {
    for (const path of ['', '/rest/v1/registry_heads', bundle, `/rest/v1/${secret}`, '/rest/v1/rpc/x']) {
      const response = await post(
        headers as Record<string, string>,
        { action: secret, key: 'k' },
        `${FUNCTION}${path}`,
      )
      seen.push(await response.text())
    }
  }
  for (const key of [secret, wrong, publishable, jwtSecret, publisher, publisher.split('.')[2]!])
    expect(JSON.stringify([project.lines, seen])).not.toContain(key)
})
