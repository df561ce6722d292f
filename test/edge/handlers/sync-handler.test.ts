import { createRequire } from 'node:module'
import { describe, expect, test } from 'vitest'
import { digestOf, sha256 } from '../../../src/contract/digest.ts'
import type { YamlLibrary } from '../../../src/contract/manifest/yaml-text.ts'
import { computeGitTree } from '../../../src/contract/protocol/git-tree.ts'
import type { SyncResponse } from '../../../src/contract/protocol/sync.ts'
import { MAX_BODY } from '../../../src/contract/source.ts'
import { createDirectSync, createSyncHandler } from '../../../src/edge/handlers/sync-handler.ts'
import { Refusal } from '../../../src/edge/http/refusal.ts'
import type { Rpc } from '../../../src/edge/http/rpc.ts'
import { agents } from '../../../src/plugins/agents/kind.ts'
import { commitAt, packAgent, packFiles } from '../../cloud/support/definitions.ts'
import { agent } from '../../harness/project.ts'

const URL = 'http://functions.test/registry_agents_sync'
const KEY = 'a-key-of-a-test'
const NOTHING: Awaited<ReturnType<Rpc>> = { data: null }

/** A handler whose database answers with `rpc`, and records of its calls and its log. */
function handlerWith(rpc: Rpc = async () => NOTHING) {
  const calls: [string, Record<string, unknown>][] = []
  const lines: Record<string, unknown>[] = []
  const handle = createSyncHandler({
    kinds: [agents],
    rpc: (name, args) => {
      calls.push([name, args])
      return rpc(name, args)
    },
    log: (line) => lines.push(line),
    yaml: () => createRequire(import.meta.url)('yaml') as YamlLibrary,
  })
  const send = async (body: unknown, kind = 'agents') => {
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    const headers = { 'content-type': 'application/json' }
    const response = await handle(kind, new Request(URL, { method: 'POST', headers, body: text }))
    return { status: response.status, body: (await response.json()) as SyncResponse }
  }
  return { handle, send, calls, lines }
}

const stage = (...packed: { item: object }[]) => ({
  action: 'stage',
  key: KEY,
  part: 0,
  items: packed.map(({ item }) => item),
})

const commit = {
  action: 'commit',
  key: KEY,
  actor: 'test@example.com',
  commit: commitAt(1),
  parts: 1,
  content: 'c'.repeat(64),
  removals: [],
}

function errorOf(body: SyncResponse) {
  if (body.ok) throw new Error('not refused')
  return body.error
}

describe('the id of git’s tree', () => {
  const { item } = packAgent('tree', 'One.\n')
  const [first, ...rest] = item.files
  const wrong = {
    git_tree: 'f'.repeat(40),
    gitTree: 'f'.repeat(40),
    tree: 'f'.repeat(40),
    oid: 'f'.repeat(40),
  }

  test.each(Object.keys(wrong))(
    'an id is computed from the texts, and refused where a client sends one: %s',
    async (field) => {
      const sent = { [field]: wrong[field as keyof typeof wrong] }
      const requests = [
        { ...stage({ item }), ...sent },
        stage({ item: { ...item, ...sent } }),
        stage({ item: { ...item, files: [{ ...first, ...sent }, ...rest] } }),
        stage({ item: { ...item, bundle: { ...item.bundle, ...sent } } }),
        { ...commit, ...sent },
        { ...commit, commit: { ...commit.commit, ...sent } },
      ]
      const { send, calls } = handlerWith()
      for (const request of requests) expect((await send(request)).status).toBe(400)
      expect(calls).toEqual([])
      await send(stage({ item }))
      expect(calls[0]?.[1].p_items).toMatchObject([{ git_tree: computeGitTree(item.files) }])
    },
  )

  test('assets have none, and a client may not send them as texts', async () => {
    const asset = { path: 'assets/a.txt', size: 1, sha256: sha256('a') }
    const files = [...item.files, asset]
    const digest = digestOf('agents', item.id, files)
    const bundle = { ...item.bundle, path: `agents/${item.id}/${digest}.tar.gz` }
    const sent = { ...item, digest, bundle }
    const { send, calls } = handlerWith()
    await send(stage({ item: { ...sent, files } }))
    expect(calls[0]?.[1].p_items).toMatchObject([{ git_tree: null }])
    const asText = { ...sent, files: [...item.files, { ...asset, text: 'a' }] }
    expect((await send(stage({ item: asText }))).status).toBe(422)
  })
})

describe('an invalid envelope', () => {
  const json = { 'content-type': 'application/json' }
  const SEND_JSON = 'send one JSON object with content-type application/json'
  const cases: [what: string, init: RequestInit, status: number, message: string, hint: string][] = [
    ['another method', { method: 'GET' }, 405, 'GET is not allowed here', 'send POST'],
    [
      'no content type',
      { method: 'POST', body: new Uint8Array([123, 125]) },
      415,
      'content-type "" is not application/json',
      SEND_JSON,
    ],
    [
      'a form',
      { method: 'POST', headers: { 'content-type': 'text/plain' }, body: '{}' },
      415,
      'content-type "text/plain" is not application/json',
      SEND_JSON,
    ],
    [
      'broken JSON',
      { method: 'POST', headers: json, body: '{"action":' },
      400,
      'the body is not JSON',
      SEND_JSON,
    ],
    [
      'a byte order mark',
      { method: 'POST', headers: json, body: '\uFEFF{}' },
      400,
      'the body is not JSON',
      SEND_JSON,
    ],
    [
      'no UTF-8',
      { method: 'POST', headers: json, body: new Uint8Array([34, 255, 34]) },
      400,
      'the body is not UTF-8',
      SEND_JSON,
    ],
    ['nothing', { method: 'POST', headers: json, body: '' }, 400, 'the body is not JSON', SEND_JSON],
    [
      'too much',
      { method: 'POST', headers: json, body: ' '.repeat(MAX_BODY + 1) },
      413,
      'the body is larger than 1000000 bytes',
      'stage fewer definitions in one call',
    ],
  ]

  test.each(cases)('an envelope is refused: %s', async (_what, init, status, message, hint) => {
    const { handle, calls, lines } = handlerWith()
    const response = await handle('agents', new Request(URL, init))
    expect(response.status).toBe(status)
    expect(await response.json()).toEqual({ ok: false, error: { code: 'REFUSED', message, hint } })
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(calls).toEqual([])
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatchObject({ event: 'registry_sync', kind: 'agents', status, code: 'REFUSED' })
  })

  test('an envelope over the size limit is refused whatever its declared length, and not read to its end', async () => {
    let sent = 0
    const endless = new ReadableStream({
      pull(controller) {
        sent += 100_000
        controller.enqueue(new Uint8Array(100_000).fill(32))
      },
    })
    const { handle } = handlerWith()
    const init = { method: 'POST', headers: json, body: endless, duplex: 'half' }
    const response = await handle('agents', new Request(URL, init as RequestInit))
    expect(response.status).toBe(413)
    expect(sent).toBeLessThan(2 * MAX_BODY)
  })

  test('an envelope for an unknown kind is refused with the list of kinds', async () => {
    const { send, calls } = handlerWith()
    const { status, body } = await send(stage(packAgent('writer', 'x')), 'spells')
    expect(status).toBe(404)
    expect(body).toEqual({
      ok: false,
      error: { code: 'REFUSED', message: 'the kind "spells" does not exist', hint: 'known kinds: agents' },
    })
    expect(calls).toEqual([])
  })

  test.each([
    ['an array', [], 'the request: '],
    ['an unknown action', { action: 'drop' }, 'action: '],
    ['a short key', { ...commit, key: 'short' }, 'key: '],
    ['an unknown field', { ...commit, isAdmin: true }, 'the request: has unknown fields: "isAdmin"'],
    ['no items', { ...stage(), items: [] }, 'items: '],
    ['a text that is not a hash', { ...commit, content: 'XYZ' }, 'content: '],
    [
      'a negative version',
      { ...commit, removals: [{ kind: 'agents', id: 'a', expectedVersion: -1 }] },
      'removals.0.expectedVersion: ',
    ],
    ['a prototype', JSON.parse(`{"action":"commit","__proto__":{"key":"${KEY}"}}`), 'key: '],
  ])('an envelope of another shape is refused with the field: %s', async (_what, request, start) => {
    const { send, calls, lines } = handlerWith()
    const { status, body } = await send(request)
    expect(status).toBe(400)
    expect(errorOf(body).message.slice(0, start.length)).toBe(start)
    expect(errorOf(body).hint).toBe('update nofx: client and server speak different versions of the protocol')
    expect(lines[0]).toMatchObject({ phase: 'shape' })
    expect(calls).toEqual([])
  })
})

describe('a definition with wrong hashes', () => {
  const good = packAgent('writer', 'You write.\n').item
  const [manifest, prompt] = good.files as [(typeof good.files)[0], (typeof good.files)[0]]
  const asset = { path: 'assets/logo.png', size: 3, sha256: 'f'.repeat(64) }
  const { text: _text, ...withoutText } = prompt
  const cases: [what: string, change: object, message: string | RegExp][] = [
    ['another digest', { digest: 'd'.repeat(64) }, /^agents\/writer has the digest \w{64}, not d{64}$/],
    ['another id', { id: 'reader' }, /^agents\/reader has the digest /],
    [
      'changed text',
      { files: [manifest, { ...prompt, text: 'You lie!!!\n' }] },
      'agents/writer sends other text of "prompts/system.md" than its hash says',
    ],
    [
      'longer text',
      { files: [manifest, { ...prompt, text: `${prompt.text}!` }] },
      'agents/writer sends 12 bytes of "prompts/system.md", not 11',
    ],
    [
      'no text',
      { files: [manifest, withoutText] },
      'agents/writer does not send the text of "prompts/system.md"',
    ],
    ['a path twice', { files: [manifest, prompt, prompt] }, 'agents/writer sends "prompts/system.md" twice'],
    [
      'an asset as text',
      { files: [manifest, prompt, { ...asset, text: 'png' }] },
      'agents/writer sends the asset "assets/logo.png" as text',
    ],
    [
      'a file that the digest does not know',
      { files: [manifest, prompt, asset] },
      /^agents\/writer has the digest /,
    ],
    [
      'a bundle of somebody else',
      { bundle: { ...good.bundle, path: 'agents/other/x.tar.gz' } },
      `agents/writer has its bundle at "agents/writer/${good.digest}.tar.gz", not "agents/other/x.tar.gz"`,
    ],
  ]

  test.each(cases)(
    'a definition with wrong hashes is refused and not stored: %s',
    async (_what, change, message) => {
      const { send, calls, lines } = handlerWith()
      const { status, body } = await send(stage({ item: { ...good, ...change } }))
      expect(status).toBe(422)
      expect(errorOf(body)).toMatchObject({
        code: 'REFUSED',
        hint: 'publish again with the same version of nofx',
      })
      if (typeof message === 'string') expect(errorOf(body).message).toBe(message)
      else expect(errorOf(body).message).toMatch(message)
      expect(calls.map(([name]) => name)).toEqual(['registry_report'])
      expect(lines[0]).toMatchObject({ phase: 'hash', action: 'stage', key: KEY })
    },
  )

  test('a definition that occurs twice in one call is refused', async () => {
    const { send, calls } = handlerWith()
    const { status, body } = await send(stage({ item: good }, { item: good }))
    expect([status, errorOf(body).message]).toEqual([422, 'agents/writer is sent twice'])
    expect(calls.map(([name]) => name)).not.toContain('registry_stage')
  })
})

describe('a definition that breaks rules', () => {
  const secret = `sb_secret_${'a1B2'.repeat(8)}`
  const cases: [what: string, texts: Record<string, string>, rule: string][] = [
    ['no JSON', { 'agent.json': '{' }, 'NOFX_JSON_SYNTAX'],
    ['no manifest', { 'prompts/system.md': 'x' }, 'NOFX_MANIFEST_MISSING'],
    [
      'an unknown field',
      { 'agent.json': JSON.stringify(agent('writer', { colour: 1 })), 'prompts/system.md': 'x' },
      'NOFX_FIELD_UNKNOWN',
    ],
    [
      'an id that is not its folder',
      { 'agent.json': JSON.stringify(agent('reader')), 'prompts/system.md': 'x' },
      'NOFX_ID_FOLDER',
    ],
    ['a missing prompt', { 'agent.json': JSON.stringify(agent('writer')) }, 'NOFX_FILE_MISSING'],
    [
      'a secret',
      { 'agent.json': JSON.stringify(agent('writer')), 'prompts/system.md': `use ${secret}` },
      'NOFX_SECRET_SUPABASE',
    ],
    [
      'a NUL',
      { 'agent.json': JSON.stringify(agent('writer')), 'prompts/system.md': 'a\0b' },
      'NOFX_TEXT_NUL',
    ],
    ['YAML with a tag', { 'agent.yaml': 'name: !!js/function x' }, 'NOFX_YAML_TAG'],
  ]

  test.each(cases)(
    'a definition that breaks a rule is refused with its finding and reported, not stored: %s',
    async (_what, texts, rule) => {
      const { send, calls, lines } = handlerWith()
      const { status, body } = await send(stage(packFiles('agents', 'writer', texts)))
      expect(status).toBe(422)
      const error = errorOf(body)
      expect(error).toMatchObject({ code: 'FINDINGS', hint: 'run: nofx validate' })
      expect(error.findings).toContainEqual(expect.objectContaining({ kind: 'agents', id: 'writer', rule }))
      expect(JSON.stringify(body)).not.toContain(secret)
      expect(calls).toEqual([
        [
          'registry_report',
          {
            p: {
              key: KEY,
              singular: 'agent',
              code: 'FINDINGS',
              message: error.message,
              findings: error.findings,
            },
          },
        ],
      ])
      expect(lines[0]).toMatchObject({ phase: 'check', status: 422 })
    },
  )

  test('all invalid definitions in a call are named, also beside a valid one', async () => {
    const { send, calls } = handlerWith()
    const bad = (id: string) => packFiles('agents', id, { 'agent.json': '[]' })
    const { body } = await send(stage(bad('one-bad'), packAgent('good', 'x'), bad('two-bad')))
    expect(errorOf(body).findings?.map((finding) => finding.id)).toEqual(['one-bad', 'two-bad'])
    expect(calls.map(([name]) => name)).toEqual(['registry_report'])
  })

  test('an invalid definition is refused also when the report cannot be stored', async () => {
    const { send } = handlerWith(async () => {
      throw new Error('no connection')
    })
    const { status } = await send(stage(packFiles('agents', 'writer', { 'agent.json': '{' })))
    expect(status).toBe(422)
  })
})

describe('a valid definition', () => {
  test('a valid definition is staged with values that the server computed', async () => {
    const { send, calls, lines } = handlerWith()
    const packed = packAgent('writer', 'You write.\n', { version: '1.0.0', status: 'draft' }, 4)
    const { status, body } = await send(stage(packed))
    expect([status, body]).toEqual([200, { ok: true, staged: 1 }])
    const [[name, args]] = calls as [[string, { p_items: object[] }]]
    expect(name).toBe('registry_stage')
    expect(args).toMatchObject({ p_key: KEY, p_kind: 'agents', p_singular: 'agent', p_part: 0 })
    expect(args.p_items).toEqual([
      {
        id: 'writer',
        git_tree: computeGitTree(packed.item.files),
        digest: packed.item.digest,
        prompt_hash: expect.stringMatching(/^[0-9a-f]{64}$/),
        state: 'draft',
        declared_version: '1.0.0',
        manifest: expect.objectContaining({ agentId: 'writer' }),
        texts: { 'agent.json': packed.item.files[0]!.text, 'prompts/system.md': 'You write.\n' },
        files: packed.item.files.map(({ text: _text, ...file }) => file),
        bundle_path: packed.item.bundle.path,
        bundle_size: packed.item.bundle.size,
        bundle_sha256: packed.item.bundle.sha256,
        metadata: expect.objectContaining({ status: 'draft', provides: ['work'] }),
        refs: [],
        expected_version: 4,
      },
    ])
    expect(lines).toEqual([
      {
        event: 'registry_sync',
        kind: 'agents',
        action: 'stage',
        key: KEY,
        status: 200,
        ms: expect.any(Number),
      },
    ])
  })

  test('a valid definition becomes a draft on request, and keeps the status of its manifest', async () => {
    const { send, calls } = handlerWith()
    const request = { ...stage(packAgent('writer', 'x', { status: 'disabled' })), draft: true }
    expect((await send(request)).status).toBe(200)
    expect(calls[0]![1]).toMatchObject({ p_items: [{ state: 'draft', metadata: { status: 'disabled' } }] })
  })

  test('a valid definition may name another one that is not in the call', async () => {
    const { send, calls } = handlerWith()
    const packed = packAgent('writer', 'x', { dependencies: { agents: ['reader@^1'] } })
    expect((await send(stage(packed))).status).toBe(200)
    expect(calls[0]![1]).toMatchObject({
      p_items: [{ refs: [{ kind: 'agents', id: 'reader', range: '^1' }] }],
    })
  })
})

describe('the database', () => {
  const refuse =
    (error: object): Rpc =>
    async (name) =>
      name === 'registry_commit' ? { error } : NOTHING

  test('the database gets commits as sent, with defaults, and its result is the answer', async () => {
    const result = { releaseId: 'r', replayed: false, dryRun: false, seq: 7, outcomes: [] }
    const { send, calls } = handlerWith(async () => ({ data: result }))
    expect(await send(commit)).toEqual({ status: 200, body: { ok: true, result } })
    expect(calls).toEqual([
      ['registry_commit', { p_request: { ...commit, unhold: false, force: false, principal: 'owner' } }],
    ])
  })

  test.each([
    ['rollback', { action: 'rollback', key: KEY, actor: 'a', reason: 'r', target: { release: 'abcd' } }],
    ['undelete', { action: 'undelete', key: KEY, actor: 'a', kind: 'agents', id: 'writer' }],
    ['disable', { action: 'disable', key: KEY, actor: 'a', kind: 'agents', id: 'writer', reason: 'r' }],
    ['enable', { action: 'enable', key: KEY, actor: 'a', kind: 'agents', id: 'writer', reason: 'r' }],
  ])('the database gets a %s', async (action, request) => {
    const { send, calls } = handlerWith()
    await send(request)
    expect(calls).toEqual([[`registry_${action}`, { p_request: expect.objectContaining(request) }]])
  })

  test('a refusal of the database keeps its status, code, hint and detail', async () => {
    const { send, calls } = handlerWith(
      refuse({
        code: 'PT409',
        message: 'agents/writer is at version 3, the plan expected version 2',
        hint: 'plan again',
        details: '{"code":"CONFLICT","definitions":[{"id":"writer"}]}',
      }),
    )
    expect(await send(commit)).toEqual({
      status: 409,
      body: {
        ok: false,
        error: {
          code: 'CONFLICT',
          message: 'agents/writer is at version 3, the plan expected version 2',
          hint: 'plan again',
          detail: { definitions: [{ id: 'writer' }] },
        },
      },
    })
    expect(calls.map(([name]) => name)).toEqual(['registry_commit'])
  })

  test('a full disk of the database is reported as such', async () => {
    const { send } = handlerWith(refuse({ code: '53100', message: 'could not extend file "base/5/1"' }))
    const { status, body } = await send(commit)
    expect([status, errorOf(body).code, errorOf(body).message]).toEqual([
      507,
      'DISK_FULL',
      "the registry's disk has no room left",
    ])
  })

  test('a rule refusal of the database is reported with the caller’s name', async () => {
    const findings = [{ kind: 'agents', id: 'writer', rule: 'NOFX_REFERENCE_MISSING' }]
    const details = JSON.stringify({ code: 'FINDINGS', findings })
    const { send, calls } = handlerWith(
      refuse({ code: 'PT422', message: 'no', hint: 'fix the file', details }),
    )
    const { body } = await send(commit)
    expect(errorOf(body)).toEqual({ code: 'FINDINGS', message: 'no', hint: 'fix the file', findings })
    expect(calls[1]).toEqual([
      'registry_report',
      {
        p: {
          key: KEY,
          singular: 'agent',
          code: 'FINDINGS',
          message: 'no',
          findings,
          actor: 'test@example.com',
          commit: commit.commit,
        },
      },
    ])
  })

  test.each([
    ['an error of SQL', { code: '22012', message: 'division by zero in secret_table', details: null }],
    ['a refusal without a code', { code: 'PT409', message: 'secret_table', details: 'no json' }],
    ['a lost connection', new Error('connect ECONNREFUSED secret_table')],
  ])('an error of the database is not quoted to the caller, only in the log: %s', async (_what, error) => {
    const { send, lines } = handlerWith(async () => {
      if (error instanceof Error) throw error
      return { error }
    })
    const { status, body } = await send(commit)
    expect(status).toBe(500)
    expect(body).toEqual({
      ok: false,
      error: {
        code: 'REMOTE_FAILED',
        message: 'the registry could not do this',
        hint: 'run the command again; nothing half-done is visible',
      },
    })
    expect(lines[0]).toMatchObject({
      phase: 'database',
      status: 500,
      cause: expect.stringContaining('secret_table'),
    })
  })
})

test('a caller in the same process gets the same answers without a request, and refusals as errors', async () => {
  const bodies: Record<string, unknown> = {
    staged: stage(packAgent('reviewer', 'Review.\n')),
    'with another digest': stage({
      item: { ...packAgent('reviewer', 'Review.\n').item, digest: 'b'.repeat(64) },
    }),
    committed: commit,
    'of another shape': { ...commit, parts: 'many' },
    'no JSON': '{',
  }
  for (const [name, body] of Object.entries(bodies))
    for (const kind of ['agents', 'unknown']) {
      const rpc: Rpc = async () => ({ data: { releaseId: null } })
      const { send, calls } = handlerWith(rpc)
      const answer = (await send(body, kind)).body
      const ownCalls: typeof calls = []
      const perform = createDirectSync({
        kinds: [agents],
        rpc: (called, args) => {
          ownCalls.push([called, args])
          return rpc(called, args)
        },
        yaml: () => createRequire(import.meta.url)('yaml') as YamlLibrary,
      })
      const text = typeof body === 'string' ? body : JSON.stringify(body)
      const own = await perform(kind, text).catch((thrown: unknown) => {
        if (!(thrown instanceof Refusal)) throw thrown
        return { ok: false, error: thrown.error }
      })
      expect(own, `${name}, ${kind}`).toEqual(answer)
      expect(ownCalls, `${name}, ${kind}`).toEqual(calls)
    }
})
