import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'
import type { YamlLibrary } from '../../src/contract/manifest/yaml-text.ts'
import { VERSION } from '../../src/contract/version.ts'
import { createForwardFunction } from '../../src/edge/forward/forward-function.ts'
import { createRegistryFunction } from '../../src/edge/registry-function.ts'
import { agents } from '../../src/plugins/agents/kind.ts'

const KEY = 'sb_secret_0123456789abcdefghij'
// A refusal comes before any query, so that no database is needed.
const env = { SUPABASE_URL: 'http://127.0.0.1:9', SUPABASE_SECRET_KEYS: JSON.stringify({ default: KEY }) }
const registry = createRegistryFunction({
  kind: agents,
  env,
  yaml: () => createRequire(import.meta.url)('yaml') as YamlLibrary,
})
const forward = createForwardFunction({ env, resolve: async () => [] })

const FUNCTIONS: [name: string, answer: (request: Request) => Promise<Response>][] = [
  ['registry_agents_sync', registry],
  ['registry_agents_sync/previews', registry],
  ['registry_agents_sync/reports', registry],
  ['registry_events_forward', forward],
]

interface Bad {
  method?: string
  headers?: Record<string, string>
  body?: ConstructorParameters<typeof Response>[0]
}
const JSON_TYPE = { 'content-type': 'application/json' }
const keyed = { ...JSON_TYPE, apikey: KEY }

/** A body whose length is not declared. */
const endless = () =>
  new ReadableStream({
    pull: (controller) => controller.enqueue(new Uint8Array(1_000_000).fill(32)),
  })

const BAD: [what: string, bad: () => Bad, status: number, code: string][] = [
  ['no credentials', () => ({ headers: JSON_TYPE, body: '{}' }), 401, 'REMOTE_DENIED'],
  [
    'a wrong key',
    () => ({ headers: { ...JSON_TYPE, apikey: 'sb_secret_x' }, body: '{}' }),
    401,
    'REMOTE_DENIED',
  ],
  [
    'no credentials and a body that is too large',
    () => ({ headers: JSON_TYPE, body: endless() }),
    401,
    'REMOTE_DENIED',
  ],
  ['a GET', () => ({ method: 'GET' }), 405, 'REFUSED'],
  ['a PUT', () => ({ method: 'PUT', headers: keyed, body: '{}' }), 405, 'REFUSED'],
  ['a form', () => ({ headers: { ...keyed, 'content-type': 'text/plain' }, body: '{}' }), 415, 'REFUSED'],
  ['no content type', () => ({ headers: { apikey: KEY }, body: new Uint8Array([123, 125]) }), 415, 'REFUSED'],
  [
    'a body that is declared too large',
    () => ({ headers: { ...keyed, 'content-length': '9999999' }, body: '{}' }),
    413,
    'REFUSED',
  ],
  ['a body that grows too large', () => ({ headers: keyed, body: endless() }), 413, 'REFUSED'],
  ['broken UTF-8', () => ({ headers: keyed, body: new Uint8Array([123, 34, 255, 34, 125]) }), 400, 'REFUSED'],
  ['an empty body', () => ({ headers: keyed, body: '' }), 400, 'REFUSED'],
  ['half of a JSON text', () => ({ headers: keyed, body: '{"action":' }), 400, 'REFUSED'],
  ['an array', () => ({ headers: keyed, body: '[]' }), 400, 'REFUSED'],
  ['another action', () => ({ headers: keyed, body: '{"action":"drop"}' }), 400, 'REFUSED'],
]

describe('every function answers a bad request in the same way', () => {
  it.each(BAD)('every function answers alike to %s', async (_what, bad, status, code) => {
    const answers = await Promise.all(
      FUNCTIONS.map(async ([name, answer]) => {
        const init = { method: 'POST', duplex: 'half', ...bad() } as RequestInit
        const response = await answer(new Request(`http://x.test/functions/v1/${name}`, init))
        const headers = Object.fromEntries(response.headers)
        const { ok, error } = (await response.json()) as { ok: boolean; error: Record<string, unknown> }
        expect(error.message, name).toEqual(expect.stringMatching(/./))
        expect(error.hint, name).toEqual(expect.stringMatching(/./))
        return { name, status: response.status, headers, ok, code: error.code }
      }),
    )
    const headers = {
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
      'x-nofx-version': VERSION,
      ...(status === 401 && { 'www-authenticate': 'Bearer' }),
      ...(status === 405 && { allow: 'POST' }),
    }
    for (const answer of answers)
      expect(answer).toEqual({ name: answer.name, status, headers, ok: false, code })
  })
})

describe('the gateway answers a bad request like the functions', () => {
  const BUNDLES = '/rest/v1/rpc/registry_stored_bundles'
  const REFUSED: [
    what: string,
    path: string,
    headers: Record<string, string>,
    status: number,
    code: string,
  ][] = [
    ['no credentials', BUNDLES, JSON_TYPE, 401, 'REMOTE_DENIED'],
    ['a wrong key', BUNDLES, { ...JSON_TYPE, apikey: 'sb_secret_x' }, 401, 'REMOTE_DENIED'],
    [
      'a body that is declared too large',
      BUNDLES,
      { ...keyed, 'content-length': '99999999999' },
      413,
      'REFUSED',
    ],
    ['a path that only a secret key may use', '/rest/v1/elsewhere', keyed, 404, 'REFUSED'],
  ]
  it.each(REFUSED)(
    'the gateway answers like the functions to %s',
    async (_what, path, headers, status, code) => {
      const url = `http://x.test/functions/v1/registry_agents_sync${path}`
      const response = await registry(new Request(url, { method: 'POST', headers, body: '{}' }))
      const { ok, error } = (await response.json()) as { ok: boolean; error: Record<string, unknown> }
      expect([response.status, ok, error.code]).toEqual([status, false, code])
      expect(Object.fromEntries(response.headers)).toEqual({
        'content-type': 'application/json; charset=utf-8',
        'cache-control': 'no-store',
        'x-nofx-version': VERSION,
        ...(status === 401 && { 'www-authenticate': 'Bearer' }),
      })
    },
  )
})
