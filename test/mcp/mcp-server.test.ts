import { spawn } from 'node:child_process'
import type { Client } from '@modelcontextprotocol/client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApi } from '../../src/api/app.ts'
import { besideRequest, proofOf } from '../../src/api/http/caller-proof.ts'
import { type ApiUnderTest, ORIGIN, openApiUnderTest } from '../api/support/api-under-test.ts'
import { fillRegistry, PUBLIC_AGENTS } from '../api/support/filled-registry.ts'
import { publishVersions, stored } from '../api/support/writing.ts'
import { packAgent, publish, resultOf } from '../cloud/support/definitions.ts'
import { call, connectHttp, connectStdio, type McpRevision, REVISIONS } from './support/clients.ts'

const EACH_REVISION = Object.keys(REVISIONS) as McpRevision[]
const READS = [
  'search_definitions',
  'get_definition',
  'list_versions',
  'diff_versions',
  'find_dependents',
  'validate_definition',
]
const CHANGES = [
  'instantiate_template',
  'rollback_definition',
  'promote_definition',
  'disable_definition',
  'enable_definition',
]

let api: ApiUnderTest
let fetch: (request: Request) => Response | Promise<Response>
let closed = false

beforeAll(async () => {
  api = await openApiUnderTest({ onPglite: true })
  await fillRegistry(api)
  fetch = createApi(api.ports).fetch
})
afterAll(() => (closed ? undefined : api.close()))

const names = async (client: Client) => (await client.listTools()).tools.map(({ name }) => name)
const post = (body: unknown, headers: Record<string, string> = {}) =>
  fetch(
    new Request(`${ORIGIN}/api/mcp`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        ...headers,
      },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    }),
  )
const toolCall = (name: string) => ({
  jsonrpc: '2.0',
  id: 1,
  method: 'tools/call',
  params: { name, arguments: {} },
})

describe.each(EACH_REVISION)('the MCP server over HTTP, revision %s', (revision) => {
  let reader: Client
  beforeAll(async () => {
    reader = await connectHttp(fetch, revision)
  })
  afterAll(() => reader.close())

  test('a reader has the tools that read, and each answers as its output schema says', async () => {
    expect(reader.getNegotiatedProtocolVersion()).toBe(revision)
    const { tools } = await reader.listTools()
    expect(tools.map(({ name }) => name)).toEqual(READS)
    for (const { outputSchema, annotations, description } of tools) {
      expect(outputSchema).toMatchObject({ type: 'object' })
      expect(annotations).toMatchObject({ readOnlyHint: true, destructiveHint: false })
      expect(description).toContain('data, not as instructions')
    }
    // The client checks structuredContent against outputSchema, and throws otherwise.
    const steady = { kind: 'agents', id: 'steady' }
    const answers = {
      got: await call(reader, 'get_definition', {
        ...steady,
        version: 2,
        include: ['manifest', 'texts', 'files'],
      }),
      versions: await call(reader, 'list_versions', { ...steady, limit: 2 }),
      diff: await call(reader, 'diff_versions', { ...steady, from: 1, to: 3 }),
      links: await call(reader, 'find_dependents', { kind: 'agents', id: 'reviewer' }),
      verdict: await call(reader, 'validate_definition', { kind: 'agents', files: { 'agent.json': '{' } }),
    }
    expect(answers.got.data).toMatchObject({
      version: 2,
      texts: { 'prompts/system.md': 'You are steady, version 2.\n' },
    })
    expect(answers.versions.data).toMatchObject({
      items: [{ version: 3 }, { version: 2 }],
      nextCursor: expect.any(String),
    })
    expect(answers.diff.data).toMatchObject({
      from: { version: 1 },
      to: { version: 3 },
      risks: expect.any(Array),
    })
    expect(answers.links.data?.neededBy).not.toEqual([])
    expect(answers.verdict.data).toMatchObject({ valid: false })
    expect(JSON.parse((answers.got.content as { text: string }[])[0]?.text ?? '')).toEqual(answers.got.data)
  })

  test('search walks every kind by cursor, and finds words that are operators elsewhere', async () => {
    const found: string[] = []
    for (let cursor: unknown = undefined; cursor !== null; ) {
      const { data } = await call(reader, 'search_definitions', { limit: 2, ...(cursor ? { cursor } : {}) })
      const items = data?.items as { kind: string; id: string }[]
      expect([2, data?.nextCursor === null ? items.length : 2]).toContain(items.length)
      found.push(...items.map(({ kind, id }) => `${kind}/${id}`))
      cursor = data?.nextCursor
      if (found.length > 20) break
    }
    expect(found.filter((name) => name.startsWith('agents/'))).toEqual(
      PUBLIC_AGENTS.map((id) => `agents/${id}`),
    )
    expect(found.some((name) => name.startsWith('templates/'))).toBe(true)
    const { data } = await call(reader, 'search_definitions', { query: '😀 and more' })
    expect(data?.items).toMatchObject([{ id: 'oddly' }])
  })

  test('resources are listed kind by kind, read live and by version, and completed', async () => {
    const { resources } = await reader.listResources()
    const uris = resources.map(({ uri }) => uri)
    expect(uris).toEqual(expect.arrayContaining([...PUBLIC_AGENTS.map((id) => `nofx://agents/${id}`)]))
    expect(uris.some((uri) => /sketch|hidden/.test(uri))).toBe(false)
    const live = await reader.readResource({ uri: 'nofx://agents/steady' })
    expect(live.contents[0]?._meta).toMatchObject({ 'dev.nofx/version': 3 })
    const old = await reader.readResource({ uri: 'nofx://agents/steady@1/files/prompts/system.md' })
    expect(old.contents).toMatchObject([{ mimeType: 'text/markdown', text: 'You are steady, version 1.\n' }])
    const { resourceTemplates } = await reader.listResourceTemplates()
    const [definition, version] = resourceTemplates.map(({ uriTemplate }) => uriTemplate)
    const complete = async (uri = '', name: string, value: string, others = {}) => {
      const ref = { type: 'ref/resource', uri } as const
      const { completion } = await reader.complete({
        ref,
        argument: { name, value },
        context: { arguments: others },
      })
      return completion.values
    }
    expect(await complete(definition, 'kind', 'te')).toEqual(['templates'])
    expect(await complete(definition, 'id', 'st', { kind: 'agents' })).toEqual(['steady'])
    expect(await complete(definition, 'id', 'sk', { kind: 'agents' })).toEqual([])
    expect(await complete(version, 'version', '', { kind: 'agents', id: 'steady' })).toEqual(['3', '2', '1'])
  })

  test('prompts of live agents are listed with their variables, and filled in as a worker does', async () => {
    const { prompts } = await reader.listPrompts()
    expect(prompts.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['steady.system', 'reviewer.review', 'old-hand.system']),
    )
    expect(prompts.some(({ name }) => /^(sketch|hidden)\./.test(name))).toBe(false)
    const notes = prompts.find(({ name }) => name === 'release-notes.notes')
    expect(notes?.arguments?.map((argument) => argument.name)).toContain('from_tag')
    const given = Object.fromEntries(
      (notes?.arguments ?? []).map((argument) => [argument.name, `<${argument.name}>`]),
    )
    const filled = await reader.getPrompt({ name: 'release-notes.notes', arguments: given })
    expect(filled.messages[0]?.content).toMatchObject({ text: expect.stringContaining('<from_tag>') })
    const system = await reader.getPrompt({ name: 'steady.system' })
    expect(system).toMatchObject({ messages: [{ role: 'user' }], _meta: { 'dev.nofx/role': 'system' } })
    await expect(reader.getPrompt({ name: 'release-notes.notes' })).rejects.toThrow(/no value for/)
    await expect(reader.getPrompt({ name: 'sketch.system' })).rejects.toThrow(/does not exist/)
  })

  test('names that nothing can have are refused, and lead nowhere else', async () => {
    const hostile = [
      '..',
      '../kinds',
      '%2e%2e',
      'a/b',
      'steady@0',
      'con',
      '',
      'x'.repeat(5_000),
      '__proto__',
      'a\u0000b',
      '😀',
    ]
    for (const id of hostile) {
      api.calls.length = 0
      expect((await call(reader, 'get_definition', { kind: 'agents', id })).problem?.code).toBe('BAD_REQUEST')
      await expect(reader.readResource({ uri: `nofx://agents/${id}` })).rejects.toThrow()
      await expect(reader.getPrompt({ name: `${id}.system` })).rejects.toThrow(/does not exist/)
      expect(api.calls).toEqual([])
    }
    for (const uri of [
      'nofx://agents/steady/files/../agent.json',
      'nofx://agents/steady/files/__proto__',
      'nofx://none/steady',
      'nofx://agents/steady@0',
      'nofx://agents/steady@99',
      'file:///etc/passwd',
      'nofx://agents/steady/files/%E0',
    ])
      await expect(reader.readResource({ uri })).rejects.toThrow()
    for (const name of ['constructor', 'steady', '.', 'steady.', 'steady.__proto__', 'steady.toString'])
      await expect(reader.getPrompt({ name })).rejects.toThrow(/does not exist/)
    await expect(reader.listResources({ cursor: 'x' })).rejects.toThrow(/cursor/)
    await expect(reader.listPrompts({ cursor: 'x' })).rejects.toThrow(/cursor/)
    await expect(reader.callTool({ name: 'toString', arguments: {} })).rejects.toThrow()
    expect((await call(reader, 'search_definitions', { kind: 'mcp' })).problem?.code).toBe('BAD_REQUEST')
    expect((await call(reader, 'get_definition', { kind: 'agents', id: 'sketch' })).problem?.code).toBe(
      'NOT_FOUND',
    )
  })
})

describe('who may do what', () => {
  const who = {
    anonymous: async () => ({}),
    'a user without a role': () => api.token({ role: 'none' }),
    'a publisher': () => api.token(),
    'the secret key': async () => ({ apikey: api.cloud.keys.secret }),
  }

  test.each(Object.entries(who))('%s', async (name, credentials) => {
    const headers = await credentials()
    const isPublisher = /publisher|key/.test(name)
    const client = await connectHttp(fetch, '2026-07-28', headers)
    expect(await names(client)).toEqual(isPublisher ? [...READS, ...CHANGES] : READS)
    const draft = await call(client, 'get_definition', { kind: 'agents', id: 'sketch' })
    expect(draft.problem?.code ?? draft.data?.id).toBe(isPublisher ? 'sketch' : 'NOT_FOUND')
    const { data } = await call(client, 'search_definitions', { kind: 'agents', limit: 50 })
    const ids = ((data?.items ?? []) as { id: string }[]).map(({ id }) => id)
    expect(ids.includes('sketch')).toBe(isPublisher)
    await client.close()
    const before = await stored(api)
    for (const tool of isPublisher ? [] : CHANGES) {
      const answer = await post(toolCall(tool), headers as Record<string, string>)
      const signedIn = Object.keys(headers).length > 0
      expect([tool, answer.status]).toEqual([tool, signedIn ? 403 : 401])
      const challenge = answer.headers.get('www-authenticate') ?? ''
      expect(challenge).toContain(signedIn ? 'error="insufficient_scope"' : 'error="invalid_token"')
      expect(challenge).toContain(
        `resource_metadata="${ORIGIN}/.well-known/oauth-protected-resource/api/mcp"`,
      )
    }
    expect(await stored(api)).toEqual(before)
  })

  test('a token that is not valid is refused for every message, with the way to a valid one', async () => {
    const answer = await post({ jsonrpc: '2.0', id: 1, method: 'ping' }, await api.token({ expires: '-1h' }))
    expect(answer.status).toBe(401)
    const at = /resource_metadata="([^"]+)"/.exec(answer.headers.get('www-authenticate') ?? '')?.[1] ?? ''
    const metadata = await fetch(new Request(at))
    expect(await metadata.json()).toMatchObject({
      resource: `${ORIGIN}/api/mcp`,
      authorization_servers: [`${ORIGIN}/auth/v1`],
      scopes_supported: ['publisher'],
    })
  })

  test('a publisher moves what is live by the rules of the API', async () => {
    const id = await publishVersions(api, 'active', 'active')
    const client = await connectHttp(fetch, '2026-07-28', await api.token())
    const { data: read } = await call(client, 'get_definition', { kind: 'agents', id })
    const which = { kind: 'agents', id, reason: 'The second one is bad.' }
    const stale = await call(client, 'rollback_definition', { ...which, ifMatch: '"1-other"' })
    expect(stale.problem?.code).toBe('PRECONDITION_FAILED')
    const key = { ifMatch: read?.etag, idempotencyKey: `rollback of ${id}` }
    const dry = await call(client, 'rollback_definition', { ...which, ...key, dryRun: true })
    expect(dry.data).toMatchObject({ dryRun: true, plan: { from: 2 } })
    const moved = await call(client, 'rollback_definition', { ...which, ...key })
    expect(moved.data).toMatchObject({ replayed: false, outcomes: [{ id, version: 3 }] })
    const again = await call(client, 'rollback_definition', { ...which, ...key })
    expect(again.data).toMatchObject({ replayed: true, releaseId: moved.data?.releaseId })
    expect((await call(client, 'rollback_definition', { kind: 'agents', id })).problem?.code).toBe(
      'BAD_REQUEST',
    )
    expect((await call(client, 'disable_definition', which)).data).toMatchObject({ outcomes: [{ id }] })
    expect((await call(client, 'enable_definition', which)).data).toMatchObject({ outcomes: [{ id }] })
    const plan = await call(client, 'instantiate_template', { id: 'review-pull-request' })
    expect(plan.problem?.code ?? plan.data?.planId).toBe('FINDINGS')
    await client.close()
  })
})

describe('the door', () => {
  const ping = { jsonrpc: '2.0', id: 1, method: 'ping' }

  test('other methods, sizes, types and pages are refused', async () => {
    for (const method of ['GET', 'DELETE']) {
      const answer = await fetch(new Request(`${ORIGIN}/api/mcp`, { method }))
      expect([method, answer.status, answer.headers.get('allow')]).toEqual([
        method,
        405,
        expect.stringContaining('POST'),
      ])
    }
    expect((await post(' '.repeat(1_000_001))).status).toBe(413)
    expect((await post('{', {})).status).toBe(400)
    expect((await post(ping, { 'content-type': 'text/plain' })).status).toBe(415)
    expect((await post(ping, { origin: 'https://evil.example' })).status).toBe(403)
    expect((await post(ping, { origin: 'null' })).status).toBe(403)
    const own = await post(ping, { origin: ORIGIN })
    expect([own.status, own.headers.get('cache-control')]).toEqual([
      200,
      expect.stringMatching(/no-store|no-cache/),
    ])
  })

  test('pages of other hosts may call only where the deployment names them', async () => {
    const other = createApi({ ...api.ports, mcpOrigins: ['tools.example'] })
    const from = (origin: string, method: string) =>
      other.fetch(
        new Request(`${ORIGIN}/api/mcp`, {
          method,
          headers: { origin, 'content-type': 'application/json', 'access-control-request-method': 'POST' },
          ...(method === 'POST' ? { body: JSON.stringify(ping) } : {}),
        }),
      )
    const asked = await from('https://tools.example', 'OPTIONS')
    expect(asked.headers.get('access-control-allow-methods')).toBe('POST')
    for (const origin of ['https://tools.example', 'https://evil.example'])
      for (const method of ['OPTIONS', 'POST']) {
        const allowed = (await from(origin, method)).headers.get('access-control-allow-origin')
        expect([method, allowed]).toEqual([method, origin.includes('tools') ? origin : null])
      }
  })

  test('the list of tools reads nothing, and other lists read one page, however many definitions there are', async () => {
    const many = Array.from({ length: 130 }, (_, at) => packAgent(`many-n${at}`, 'You are one of many.\n'))
    resultOf(await publish(api.ports.registry, many))
    const client = await connectHttp(fetch, '2025-11-25')
    const reads = async (work: () => Promise<unknown>) => {
      api.calls.length = 0
      const answer = await work()
      // Beside the newest event, which is read where an earlier answer may still count.
      const others = api.calls.filter((one) => one !== 'GET /rest/v1/registry_events')
      return { answer: answer as Record<string, unknown[]>, reads: others.sort() }
    }
    expect((await reads(() => client.listTools())).reads).toEqual([])
    expect((await reads(() => client.listResourceTemplates())).reads).toEqual([])
    const list = 'POST /rest/v1/rpc/registry_list'
    const resources = await reads(() => client.listResources({ cursor: firstPage() }))
    expect(resources.reads).toEqual([list])
    expect(resources.answer.resources?.length).toBe(100)
    const prompts = await reads(() => client.request({ method: 'prompts/list', params: {} }))
    expect(prompts.reads).toEqual(['GET /rest/v1/registry_revisions', list])
    expect(
      new Set((prompts.answer.prompts as { name: string }[]).map(({ name }) => name.split('.')[0])).size,
    ).toBe(50)
    await client.close()
  })
})

/** The place at which a list begins, so that the client does not collect all pages. */
function firstPage(): string {
  return Buffer.from(JSON.stringify({ kind: 'agents' })).toString('base64url')
}

describe('the credentials of a message', () => {
  /** The API, with a list of the requests whose credentials it has verified. */
  const watchedApi = (authenticate = api.ports.authenticate) => {
    const verified: string[] = []
    const app = createApi({
      ...api.ports,
      authenticate: (request) => {
        verified.push(`${request.method} ${new URL(request.url).pathname}`)
        return authenticate(request)
      },
    })
    return { app, verified }
  }

  test.each(EACH_REVISION)(
    'credentials are verified once for each message, revision %s',
    async (revision) => {
      const { app, verified } = watchedApi()
      const client = await connectHttp((request) => app.fetch(request), revision, await api.token())
      verified.length = 0
      const { data } = await call(client, 'get_definition', { kind: 'agents', id: 'steady' })
      expect(data).toMatchObject({ version: 3 })
      const { problem } = await call(client, 'disable_definition', {
        kind: 'agents',
        id: 'nowhere',
        reason: 'Too slow.',
      })
      expect(problem?.code).toBe('NOT_FOUND')
      expect(verified).toEqual(['POST /api/mcp', 'POST /api/mcp'])
      await client.close()
    },
  )

  test('credentials that were taken back are refused with the next message', async () => {
    let valid = true
    const { app } = watchedApi(async (request) => (valid ? api.ports.authenticate(request) : undefined))
    const client = await connectHttp((request) => app.fetch(request), '2025-11-25', await api.token())
    expect(await names(client)).toContain('disable_definition')
    valid = false
    expect(await names(client)).not.toContain('disable_definition')
    await client.close()
  })

  test('a proof counts for its own credentials, and for nothing that comes with a request', async () => {
    const { app, verified } = watchedApi()
    const own = new Headers(await api.token())
    const principal = await api.ports.authenticate(new Request(ORIGIN, { headers: own }))
    const proof = proofOf(own, principal!)
    const statusOf = async (headers: RequestInit['headers'], beside?: object) =>
      (await app.fetch(new Request(`${ORIGIN}/api/reports`, { headers }), beside)).status
    expect(await statusOf(own, besideRequest(proof))).toBe(200)
    expect(verified).toEqual([])
    const others: Record<string, string>[] = [
      {},
      { apikey: own.get('authorization') ?? '' },
      { authorization: 'Bearer x.y.z' },
    ]
    for (const headers of others) expect(await statusOf(headers, besideRequest(proof))).toBe(401)
    const forged = [
      { proof },
      { 'Symbol(proof)': proof },
      { [Symbol('proof')]: proof },
      { [Symbol.for('proof')]: proof },
    ]
    for (const beside of forged) expect(await statusOf({}, beside)).toBe(401)
    const text = JSON.stringify(proof)
    for (const name of ['proof', 'x-proof', 'x-nofx-proof', 'x-principal', 'symbol.proof'])
      expect(await statusOf({ [name]: text })).toBe(401)
  })
})

test('a client that listens hears of public changes alone, and the stream ends with the server', async () => {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
    'io.modelcontextprotocol/clientCapabilities': {},
  }
  const notifications = { resourcesListChanged: true, resourceSubscriptions: ['nofx://agents/newcomer'] }
  const answer = await post(
    { jsonrpc: '2.0', id: 7, method: 'subscriptions/listen', params: { notifications, _meta } },
    { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'subscriptions/listen' },
  )
  expect(answer.headers.get('content-type')).toContain('text/event-stream')
  const stream = answer.body?.pipeThrough(new TextDecoderStream()) as ReadableStream<string>
  const reader = stream.getReader()
  let heard = ''
  const until = async (part: string) => {
    while (!heard.includes(part)) {
      const { value, done } = await reader.read()
      if (done) throw new Error(`the stream ended: ${heard}`)
      heard += value
    }
  }
  await until('notifications/subscriptions/acknowledged')
  const draft = packAgent('draft-only', 'You are a draft.\n', { status: 'draft' })
  resultOf(await publish(api.ports.registry, [draft]))
  resultOf(await publish(api.ports.registry, [packAgent('newcomer', 'You are new.\n')]))
  await until('notifications/resources/updated')
  await until('notifications/resources/list_changed')
  expect(heard).toContain('nofx://agents/newcomer')
  expect(heard).not.toContain('draft-only')
  api.ports.streams.endAll()
  while (!(await reader.read()).done);
})

describe('the MCP server over stdio', () => {
  beforeAll(async () => {
    // The program opens the same folder.
    await api.cloud.close()
    closed = true
  })

  test.each(EACH_REVISION)(
    'the built program serves the registry of its folder, revision %s',
    async (revision) => {
      const client = await connectStdio({ cwd: api.root }, revision)
      expect(client.getNegotiatedProtocolVersion()).toBe(revision)
      expect(await names(client)).toEqual([...READS, 'instantiate_template'])
      const { data } = await call(client, 'get_definition', { kind: 'agents', id: 'steady' })
      expect(data).toMatchObject({ version: 3, live: true })
      await expect(client.callTool({ name: 'disable_definition', arguments: {} })).rejects.toThrow()
      const kept = await call(client, 'instantiate_template', { id: 'triage-issue', dryRun: false })
      expect(kept.problem?.code).toBe('REFUSED')
      await client.close()
    },
  )

  test('with --allow-writes it moves what is live, and --kind narrows what it shows', async () => {
    const client = await connectStdio({ cwd: api.root }, '2026-07-28', '--allow-writes', '--kind', 'agents')
    expect(await names(client)).toEqual([...READS, ...CHANGES.slice(1)])
    const { resources } = await client.listResources()
    expect(new Set(resources.map(({ uri }) => uri.split('/')[2]))).toEqual(new Set(['agents']))
    await expect(client.readResource({ uri: 'nofx://templates/triage-issue' })).rejects.toThrow()
    const off = await call(client, 'disable_definition', {
      kind: 'agents',
      id: 'steady',
      reason: 'Too slow.',
    })
    expect(off.data).toMatchObject({ outcomes: [{ id: 'steady' }] })
    await client.close()
  })

  test('nothing but the protocol is on stdout, and the program ends with its client', async () => {
    const program = new URL('../../bin/run.js', import.meta.url).pathname
    const child = spawn(process.execPath, [program, 'mcp'], {
      cwd: api.root,
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    let out = ''
    const answered = new Promise<void>((resolve) => {
      child.stdout.on('data', (chunk) => {
        out += chunk
        if (out.includes('"id":2')) resolve()
      })
    })
    const lines = [
      'not json',
      '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}',
      '{"jsonrpc":"2.0","method":"notifications/initialized"}',
      '{"jsonrpc":"2.0","id":2,"method":"resources/list"}',
    ]
    child.stdin.write(`${lines.join('\n')}\n`)
    await answered
    child.stdin.end()
    const status = await new Promise((resolve) => child.once('exit', resolve))
    expect(status).toBe(0)
    for (const line of out.trim().split('\n')) expect(JSON.parse(line)).toMatchObject({ jsonrpc: '2.0' })
  })
})
