import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { READS } from '../../../src/cloud/embedded/database/read-documents.ts'
import { type Cloud, openCloud } from '../../../src/cloud/embedded/open-cloud.ts'
import { createEmbeddedRegistry } from '../../../src/cloud/embedded/open-embedded.ts'
import { agents } from '../../../src/plugins/agents/kind.ts'
import { openedDatabase } from '../../harness/cloud-database.ts'
import { placeEmbedded } from '../../harness/embedded-template.ts'
import fc from '../../harness/fast-check.ts'
import { repetitions } from '../../harness/repetition.ts'
import { packAgent, publish, resultOf } from '../support/definitions.ts'

const DATABASES = { PGlite: false, 'a PostgreSQL server': true }
const TRICKY = ["it's", '\\', "\\' or true --", '$1', '$$', '\u0000', '\ud800', 'é', '"', '', ';', '%', '\n']
const HEADERS: Record<string, string>[] = [
  { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36' },
  { 'user-agent': ' MOZILLA / 5 . 0' },
  { 'user-agent': 'curl/8' },
  { origin: 'https://elsewhere.example', referer: 'https://elsewhere.example/x' },
  { accept: 'application/vnd.pgrst.object+json' },
  { accept: 'application/json, */*' },
  { 'accept-profile': 'preview_one' },
  { 'content-profile': 'preview_one' },
  { 'content-encoding': 'gzip' },
  { 'content-type': 'application/json; charset=utf-8' },
  { range: '0-0' },
  { 'range-unit': 'items', 'x-http-method-override': 'GET', 'if-none-match': '*' },
]
/** What a client may make of a key. */
const headersWith = (key: string): Record<string, string>[] => [
  { authorization: `bearer ${key}` },
  { authorization: `Bearer  ${key}` },
  { authorization: `Basic ${key}` },
  { authorization: 'Bearer sb_secret_another' },
  { authorization: '' },
  { apikey: `${key}, ${key}` },
  { apikey: '' },
]

describe.each(Object.entries(DATABASES))('functions that read, without lite, on %s', (_, isServer) => {
  let cloud: Cloud
  const closing: (() => unknown)[] = []
  beforeAll(async () => {
    const root = mkdtempSync(join(tmpdir(), 'nofx-reads-'))
    closing.push(() => rmSync(root, { recursive: true }))
    const database = isServer ? await openedDatabase() : undefined
    if (database) closing.push(database.drop)
    else await placeEmbedded(root)
    cloud = await openCloud({ root, databaseUrl: database?.url })
    closing.push(cloud.close)
    const registry = createEmbeddedRegistry(cloud, [agents], 'test')
    const packed = [
      packAgent('one', "It's \\ one.", { name: "It's \\ $1" }),
      packAgent('two', 'Two – é.'),
      packAgent('waits', 'A draft.', { status: 'draft' }),
    ]
    resultOf(await publish(registry, packed))
    // lite reads the schema at its first request.
    await cloud.client.from('registry_counter').select('seq')
  })
  afterAll(async () => {
    for (const close of closing.reverse()) await close()
  })

  /** A call over REST, and whether lite answered it. */
  const send = async (name: string, body: string, more: Record<string, string> = {}, key = 'secret') => {
    const token = cloud.keys[key as 'secret']
    const headers = { apikey: token, authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const lite = vi.spyOn(cloud.app, 'fetch')
    const sent = new Request(`http://embedded.localhost/rest/v1/rpc/${name}`, {
      method: 'POST',
      headers: { ...headers, ...more },
      body,
    })
    const response = await cloud.fetch(sent)
    const calls = lite.mock.calls.length
    lite.mockRestore()
    const { 'content-length': _, ...rest } = Object.fromEntries(response.headers)
    return {
      answer: { status: response.status, headers: rest, body: await response.json() },
      isDirect: calls === 0,
    }
  }
  /** The answer, and that of lite to the same call. */
  const both = async (name: string, args: object, key: string) => {
    const body = JSON.stringify(args)
    const { answer, isDirect } = await send(name, body, {}, key)
    const lite = await send(name, body, { prefer: 'count=none' }, key)
    expect(lite.isDirect).toBe(false)
    return { answer, isDirect, lite: lite.answer }
  }

  const CALLS: [string, object][] = [
    ['registry_list', { p_kind: 'agents', p_query: { limit: 1 } }],
    ['registry_list', { p_kind: 'agents', p_query: { search: "it's \\ $1", status: ['active'] } }],
    ['registry_list', { p_kind: 'agents', p_query: { limit: 9, heads: true, waiting: true } }],
    ['registry_counts', {}],
    ['registry_counts', { p_waiting: true }],
    ['registry_heads_json', { p_kinds: ['agents'] }],
    ['registry_heads_since', { p_known: [{ kind: 'agents' }] }],
    ['registry_heads_apart', { p_asked: [{ kind: 'agents' }] }],
    ['registry_events_since', { p_since: 0, p_limit: 2 }],
    ['registry_events_since', { p_since: 1, p_limit: 2, p_mark: null }],
  ]
  test('each is called, with what the database says about it', async () => {
    expect(new Set(CALLS.map(([name]) => name))).toEqual(new Set(Object.keys(READS)))
    const { rows } = await cloud.app.connection.kysely.executeQuery({
      sql: `select p.proname as name, p.provolatile as volatility, p.proretset as many,
          p.prorettype::regtype::text as type, p.proargnames as args, p.proargtypes::regtype[]::text[] as types
        from pg_proc p where p.pronamespace = 'public'::regnamespace`,
      parameters: [],
    } as never)
    const functions = new Map((rows as { name: string }[]).map(({ name, ...one }) => [name, one]))
    for (const [name, args] of Object.entries(READS)) {
      const one = functions.get(name) as unknown as { type: string; args: string[]; types: string[] }
      expect([name, one]).toMatchObject([name, { volatility: 's', many: false, args: Object.keys(args) }])
      expect(one.type).toMatch(/^jsonb?$/)
      expect(one.types.map((type) => type.startsWith('json'))).toEqual(Object.values(args))
    }
  })

  test.each(CALLS)('%s(%j) answers as lite does', async (name, args) => {
    for (const key of ['publishable', 'secret']) {
      const { answer, isDirect, lite } = await both(name, args, key)
      expect(answer).toEqual(lite)
      expect([key, isDirect]).toEqual([key, answer.status === 200])
    }
  })

  test('readers see what their role may see', async () => {
    const all = { p_kind: 'agents', p_query: { status: ['active', 'draft'] } }
    const idsFor = async (key: string) => {
      const { answer, isDirect } = await send('registry_list', JSON.stringify(all), {}, key)
      expect(isDirect).toBe(true)
      return (answer.body as { items: { id: string }[] }).items.map(({ id }) => id)
    }
    // Each time, so that no role is left on the connection.
    for (let turn = 0; turn < 3; turn++) {
      expect(await idsFor('secret')).toEqual(['one', 'two', 'waits'])
      expect(await idsFor('publishable')).toEqual(['one', 'two'])
    }
  })

  test.each([
    ['a token of a user', { authorization: 'Bearer a.b.c' }],
    ['another key', { apikey: 'sb_secret_of-another-registry' }],
    ['another form', { accept: 'text/csv' }],
    ['a preference', { prefer: 'count=exact' }],
    ['another schema', { 'content-profile': 'storage' }],
    ['another type of body', { 'content-type': 'text/plain' }],
  ])('%s is left to lite', async (_what, headers) => {
    const lite = vi.spyOn(cloud.app, 'fetch')
    const { keys } = cloud
    await cloud.fetch('http://embedded.localhost/rest/v1/rpc/registry_counts', {
      method: 'POST',
      body: '{}',
      headers: {
        apikey: keys.secret,
        authorization: `Bearer ${keys.secret}`,
        'content-type': 'application/json',
        ...headers,
      },
    })
    expect(lite).toHaveBeenCalledTimes(1)
    lite.mockRestore()
  })

  test('any header counts as it does for lite', async () => {
    for (const key of ['publishable', 'secret']) {
      const { [key as 'secret']: token } = cloud.keys
      for (const headers of [...HEADERS, ...headersWith(token)]) {
        const { answer } = await send('registry_counts', '{}', headers, key)
        const lite = await send('registry_counts', '{}', { prefer: 'count=none', ...headers }, key)
        expect([key, headers, lite.isDirect]).toEqual([key, headers, false])
        expect([key, headers, answer]).toEqual([key, headers, lite.answer])
      }
    }
  })

  test('any argument is read as lite reads it, and refused as lite refuses it', async () => {
    const text = fc.oneof(fc.constantFrom(...TRICKY), fc.string({ unit: 'binary', maxLength: 6 }))
    const value = fc.oneof(text, fc.constantFrom(null, true, 0, -1, 1.5, 1e30, [], {}, ['x']))
    const query = fc.record(
      { tag: text, search: text, owner: text, after: text, sort: value, limit: value, status: value },
      { requiredKeys: [] },
    )
    const place = fc.oneof(value, fc.constantFrom(1, 2, 2 ** 53, 1e20, '2', ' 2 ', '0x2', '1e1', 'NaN'))
    const knownPlace = fc.record({ kind: fc.constant('agents'), seq: place, mark: text, most: value })
    const known = fc.oneof(value, fc.array(knownPlace))
    const call = fc.oneof(
      fc.tuple(fc.constant('registry_list'), fc.record({ p_kind: fc.oneof(text, value), p_query: query })),
      fc.tuple(fc.constant('registry_list'), fc.record({ p_kind: fc.constant('agents'), p_query: query })),
      fc.tuple(fc.constant('registry_heads_json'), fc.record({ p_kinds: fc.oneof(fc.array(text), value) })),
      fc.tuple(fc.constant('registry_counts'), fc.dictionary(fc.constantFrom('p_waiting', 'p_x'), value)),
      fc.tuple(
        fc.constant('registry_events_since'),
        fc.record({ p_since: place, p_limit: place, p_mark: value }),
      ),
      fc.tuple(fc.constant('registry_heads_since'), fc.record({ p_known: known })),
      fc.tuple(fc.constant('registry_heads_apart'), fc.record({ p_asked: known })),
    )
    await fc.assert(
      fc.asyncProperty(call, fc.constantFrom('publishable', 'secret'), async ([name, args], key) => {
        const { answer, lite } = await both(name, args, key)
        expect(answer).toEqual(lite)
      }),
      { numRuns: repetitions(12, 2_000) },
    )
  })
})
