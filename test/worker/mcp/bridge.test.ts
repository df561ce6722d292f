import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Client } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { CheckedMcpServer } from '../../../src/plugins/agents/manifest/mcp-schema.ts'
import { resolveMcp } from '../../../src/worker/mcp/resolve-mcp.ts'
import { systemLookup } from '../../../src/worker/mcp/system-lookup.ts'
import { type ClientSettings, writeMcpSettings } from '../../../src/worker/mcp/write-settings.ts'
import { EVERYTHING, serveEverything } from './support/everything.ts'

const BRIDGE = { command: process.execPath, args: [resolve('dist/mcp-bridge.js')] }
const SECRET = 'hush-hush-hush'

describe('the MCP settings that the worker injects, used by the official client', () => {
  const closing: (() => unknown)[] = []
  let http: Awaited<ReturnType<typeof serveEverything>>
  beforeAll(async () => {
    http = await serveEverything()
  })
  afterAll(() => http.stop())
  afterEach(async () => {
    for (const close of closing.splice(0)) await close()
  })

  /** Injects a server as the worker does, and starts it as any MCP client does. */
  async function connect(
    server: CheckedMcpServer,
    client = new Client({ name: 'test', version: '1' }),
  ): Promise<{ client: Client; folder: string }> {
    const folder = mkdtempSync(join(tmpdir(), 'nofx-mcp-'))
    const env = { SECRET }
    const mcp = await resolveMcp({ everything: server }, { env, lookup: systemLookup, draft: true })
    const path = writeMcpSettings(folder, mcp, BRIDGE)
    const { mcpServers } = JSON.parse(readFileSync(path, 'utf8')) as ClientSettings
    const { command, args } = mcpServers.everything!
    closing.push(
      () => client.close(),
      () => rmSync(folder, { recursive: true }),
    )
    await client.connect(new StdioClientTransport({ command, args, stderr: 'ignore' }))
    return { client, folder }
  }

  const stdio = (rest: object = {}): CheckedMcpServer => ({
    type: 'stdio',
    command: process.execPath,
    args: [EVERYTHING, 'stdio'],
    env: { NOFX_TEST_SECRET: `\${SECRET}` },
    ...rest,
  })
  const overHttp = (rest: object = {}): CheckedMcpServer => ({
    type: 'streamable-http',
    url: http.url,
    ...rest,
  })

  it.each([
    ['stdio', stdio],
    ['streamable HTTP', overHttp],
  ])('a client lists and calls only allowed tools over %s', async (_name, server) => {
    const { client } = await connect(server({ allowedTools: ['echo', 'get-sum'] }))
    const { tools } = await client.listTools()
    expect(tools.map(({ name }) => name).sort()).toEqual(['echo', 'get-sum'])
    const sum = await client.callTool({ name: 'get-sum', arguments: { a: 2, b: 40 } })
    expect(JSON.stringify(sum.content)).toContain('42')
    await expect(client.callTool({ name: 'get-env', arguments: {} })).rejects.toMatchObject({
      code: -32602,
      message: expect.stringContaining('"get-env" is not allowed for this agent'),
    })
    expect(client.getServerCapabilities()).not.toHaveProperty('resources')
    await expect(client.request({ method: 'resources/list' })).rejects.toMatchObject({
      code: -32601,
      message: expect.stringContaining('does not ask for the capability "resources"'),
    })
  })

  it('a client gets the capabilities that the agent declares', async () => {
    const { client } = await connect(overHttp({ capabilities: ['resources', 'prompts'] }))
    expect((await client.listResources()).resources.length).toBeGreaterThan(0)
    expect((await client.listPrompts()).prompts.length).toBeGreaterThan(0)
  })

  it.each([
    ['stdio', stdio],
    ['streamable HTTP', overHttp],
  ])(
    'a server reaches the client over %s: sampling, elicitation and progress are passed on',
    async (_name, server) => {
      const own = new Client(
        { name: 'test', version: '1' },
        { capabilities: { sampling: {}, elicitation: { form: {} } } },
      )
      own.setRequestHandler('sampling/createMessage', () => ({
        role: 'assistant',
        content: { type: 'text', text: 'sampled tea' },
        model: 'none',
      }))
      own.setRequestHandler('elicitation/create', () => ({ action: 'decline' }))
      const { client } = await connect(server({ capabilities: ['sampling', 'elicitation'] }), own)
      const call = async (name: string, args = {}) =>
        JSON.stringify((await client.callTool({ name, arguments: args })).content)
      // The server adds these tools when it has heard that the session has begun.
      await expect
        .poll(async () => (await client.listTools()).tools.map(({ name }) => name), { timeout: 10_000 })
        .toContain('trigger-elicitation-request')
      expect(await call('trigger-sampling-request', { prompt: 'tea' })).toContain('sampled tea')
      expect(await call('trigger-elicitation-request')).toContain('declined')
      const steps: number[] = []
      const long = { name: 'trigger-long-running-operation', arguments: { duration: 0.2, steps: 2 } }
      await client.callTool(long, { onprogress: ({ progress }) => steps.push(progress) })
      // The SDK's client drops a report that arrives together with the answer.
      expect(steps[0]).toBe(1)
    },
  )

  it('a client gets all tools without allowedTools, and a server gets its own secrets alone', async () => {
    const { client, folder } = await connect(stdio())
    const { tools } = await client.listTools()
    expect(tools.length).toBeGreaterThan(5)
    const [content] = (await client.callTool({ name: 'get-env', arguments: {} })).content as {
      text: string
    }[]
    const env = JSON.parse(content!.text) as Record<string, string>
    expect(env.NOFX_TEST_SECRET).toBe(SECRET)
    expect(Object.keys(env).filter((name) => /^(npm_|VITEST|NODE_)/.test(name))).toEqual([])
    expect(readFileSync(join(folder, 'mcp.json'), 'utf8')).not.toContain(SECRET)
    const modes = ['mcp.json', 'mcp', 'mcp/0.json'].map((path) => statSync(join(folder, path)).mode & 0o777)
    expect(modes).toEqual([0o600, 0o700, 0o600])
  })

  it('a client gets an error when a server is too slow or missing', async () => {
    const { client } = await connect(stdio({ timeoutMs: 5000 }))
    const slow = { name: 'trigger-long-running-operation', arguments: { duration: 60, steps: 2 } }
    await expect(client.callTool(slow)).rejects.toMatchObject({ code: -32001 })
    await expect(connect(stdio({ command: '/nowhere/server' }))).rejects.toThrow(/closed/i)
  })

  it('the published package makes the settings for runtimes that embed it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'nofx-mcp-'))
    closing.push(() => rmSync(folder, { recursive: true }))
    const { injectMcp } = await import(pathToFileURL(resolve('dist/worker.js')).href)
    const mcp = { mcpServers: { everything: stdio({ allowedTools: ['echo'] }) } }
    const agent = { id: 'reviewer', state: 'active', texts: {}, manifest: { mcp } }
    await expect(injectMcp(agent, { folder, env: {} })).rejects.toMatchObject({
      code: 'CONFIG',
      detail: { variable: 'SECRET' },
    })
    const path = await injectMcp(agent, { folder, env: { SECRET } })
    await expect(injectMcp(agent, { folder, env: { SECRET } })).rejects.toMatchObject({
      code: 'CONFIG',
      message: `the folder ${folder} has MCP settings already`,
    })
    const nowhere = join(folder, 'nowhere')
    await expect(injectMcp(agent, { folder: nowhere, env: { SECRET } })).rejects.toMatchObject({
      code: 'CONFIG',
      message: `the folder ${nowhere} does not exist`,
    })
    const { command, args } = (JSON.parse(readFileSync(path, 'utf8')) as ClientSettings).mcpServers
      .everything!
    const client = new Client({ name: 'test', version: '1' })
    closing.unshift(() => client.close())
    await client.connect(new StdioClientTransport({ command, args, stderr: 'ignore' }))
    expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['echo'])
  })
})
