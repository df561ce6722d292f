import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { JsonObject } from '../../../src/contract/kind.ts'
import { mcp } from '../../../src/exchange/mcp/mcp.ts'
import { importTree } from '../../../src/import/import-definitions.ts'
import { fromExchange } from '../../../src/import/other-agents/from-exchange.ts'
import { servers } from '../../../src/plugins/servers/kind.ts'
import { findingsOn } from '../../conformance/definition.ts'
import fc from '../../harness/fast-check.ts'
import { repetitions } from '../../harness/repetition.ts'
import { tempFolder } from '../support/temp-folder.ts'

const corpus = join(import.meta.dirname, '../../../../shared/corpus/formats')
const formats = [mcp].flatMap((format) => fromExchange(format) ?? [])
const json = (value: unknown) => JSON.stringify(value)
const KEY = `ghp_${'a1B2c3D4'.repeat(5)}`

async function importInto(to: string, from: string, options = {}) {
  const [report] = await importTree(formats, to, { from, owner: '@acme/tools', kinds: [servers], ...options })
  if (!report) throw new Error('nothing was imported')
  return report.report
}
const manifestIn = (to: string, id: string): JsonObject =>
  JSON.parse(readFileSync(join(to, 'servers', id, 'server.json'), 'utf8'))

async function read(path: string, entry: unknown, rest = {}) {
  const result = await mcp.read?.({ path, text: json({ mcpServers: { docs: entry }, ...rest }) })
  const [definition] = result?.definitions ?? []
  const message = result?.findings[0]?.message ?? ''
  return { manifest: definition?.manifest, kept: definition?.kept, ledger: result?.ledger ?? [], message }
}

const SECRET = { isRequired: true, isSecret: true }
const named = (name: string) => ({ name, ...SECRET })
const bearer = (name: string) => ({
  name: 'Authorization',
  value: `Bearer {${name}}`,
  variables: { [name]: SECRET },
})

/** One server as five programs write it. */
const FILES = {
  '.mcp.json': json({
    mcpServers: {
      docs: {
        type: 'http',
        url: 'https://mcp.example.com/x',
        headers: { Authorization: `Bearer \${TOKEN}` },
      },
    },
  }),
  '.vscode/mcp.json': `{ // an editor reads comments
    "inputs": [{ "id": "TOKEN", "type": "promptString", "password": true }],
    "servers": { "docs": { "type": "http", "url": "https://mcp.example.com/x", "headers": { "Authorization": "Bearer \${input:TOKEN}" } }, }
  }`,
  '.cursor/mcp.json': json({
    mcpServers: {
      docs: { url: 'https://mcp.example.com/x', headers: { Authorization: `Bearer \${env:TOKEN}` } },
    },
  }),
  '.codex/config.toml': `model = "m"\n[mcp_servers.docs]\nurl = "https://mcp.example.com/x"\nbearer_token_env_var = "TOKEN"\ntool_timeout_sec = 5\n`,
  '.gemini/settings.json': json({
    theme: 'dark',
    mcpServers: {
      docs: { httpUrl: 'https://mcp.example.com/x', headers: { Authorization: 'Bearer $TOKEN' } },
    },
  }),
}

test.each(Object.entries(FILES))(
  '%s becomes the same server as in the other programs, without findings',
  async (path, text) => {
    const to = tempFolder({})
    const report = await importInto(to, tempFolder({ [path]: text }), { namespace: 'com.acme' })
    expect(report.failed).toEqual([])
    expect(report.imported.map(({ id, source, problems }) => [id, source, problems])).toEqual([
      ['com-acme-docs', `${path}#docs`, []],
    ])
    const manifest = manifestIn(to, 'com-acme-docs')
    expect(manifest).toMatchObject({
      name: 'com.acme/docs',
      version: '0.0.0',
      remotes: [{ type: 'streamable-http', url: 'https://mcp.example.com/x', headers: [bearer('TOKEN')] }],
    })
    expect(findingsOn(servers, { id: 'com-acme-docs', files: { 'server.json': json(manifest) } })).toEqual([])
  },
)

test('a tree with the files of all programs gives one server, and twice changes nothing', async () => {
  const to = tempFolder({})
  const from = tempFolder({
    ...FILES,
    'agents/own/mcp.json': FILES['.mcp.json'],
    'tool/.gemini/settings.json': json({ theme: 'dark' }),
  })
  const report = await importInto(to, from)
  expect(report.failed).toEqual([])
  expect(report.imported.map(({ id }) => id)).toEqual(['local-docs'])
  expect(report.passedOver.filter(({ reason }) => reason.startsWith('it says the same'))).toHaveLength(4)
  expect(readdirSync(join(to, 'servers')).filter((name) => !name.startsWith('.'))).toEqual(['local-docs'])
  expect(await importInto(to, from)).toMatchObject({
    imported: [],
    unchanged: [{ id: 'local-docs' }],
    gone: [],
  })
})

const npm = (version?: string, rest = {}) => ({
  registryType: 'npm',
  identifier: '@acme/docs',
  ...(version && { version }),
  runtimeHint: 'npx',
  transport: { type: 'stdio' },
  ...rest,
})
/** A command, and the package that it is. */
const COMMANDS: [object, object][] = [
  [{ command: 'npx', args: ['-y', '@acme/docs@1.2.3'] }, npm('1.2.3')],
  [{ command: 'cmd', args: ['/c', 'npx', '-y', '@acme/docs@1.2.3'] }, npm('1.2.3')],
  [
    {
      command: '/usr/bin/npx',
      args: ['@acme/docs@1.2.3', '--root', `\${ROOT}`],
      env: { A: '1', B: `\${B}`, C: `\${D:-e}` },
    },
    npm('1.2.3', {
      packageArguments: [
        { type: 'positional', value: '--root' },
        { type: 'positional', value: '{ROOT}', valueHint: 'ROOT', variables: { ROOT: SECRET } },
      ],
      environmentVariables: [
        { name: 'A', value: '1' },
        named('B'),
        { name: 'C', value: '{D}', variables: { D: { default: 'e' } } },
      ],
    }),
  ],
  [
    { command: 'uvx', args: ['--from', 'docs[all]==1.0.0', 'docs', 'serve'] },
    {
      registryType: 'pypi',
      identifier: 'docs[all]',
      version: '1.0.0',
      runtimeHint: 'uvx',
      transport: { type: 'stdio' },
      packageArguments: [{ type: 'positional', value: 'serve' }],
    },
  ],
  [
    {
      command: 'docker',
      args: ['run', '-i', '--rm', '--network', 'none', '-e', `KEY=\${KEY}`, '-e', 'B', 'acme/docs:0.4.0'],
      env: { B: 'x' },
    },
    {
      registryType: 'oci',
      identifier: 'acme/docs:0.4.0',
      runtimeHint: 'docker',
      transport: { type: 'stdio' },
      runtimeArguments: [
        { type: 'positional', value: '--network' },
        { type: 'positional', value: 'none' },
      ],
      environmentVariables: [named('KEY'), { name: 'B', value: 'x' }],
    },
  ],
]

test.each(COMMANDS)('%j is a package', async (entry, expected) => {
  const { manifest, message } = await read('.mcp.json', entry)
  expect(message).toBe('')
  expect(manifest?.packages).toEqual([expected])
  expect(manifest?._meta).toBeUndefined()
})

test('a package without an exact version is a draft', async () => {
  for (const spec of ['@acme/docs', '@acme/docs@latest', '@acme/docs@^1.0.0']) {
    const { manifest, ledger } = await read('.mcp.json', { command: 'npx', args: [spec] })
    expect(manifest?._meta).toEqual({ 'dev.nofx/registry': { status: 'draft' } })
    expect(ledger.filter(({ at }) => at === 'status')).toHaveLength(1)
  }
})

/** Entries with a literal secret: none of it is in the definition. */
const LITERALS: [string, object][] = [
  ['a header', { url: 'https://mcp.example.com/', headers: { Authorization: `Bearer ${KEY}` } }],
  ['a short header', { url: 'https://mcp.example.com/', headers: { 'X-Api-Key': 'hunter2' } }],
  ['a variable', { command: 'npx', args: ['a@1.0.0'], env: { API_TOKEN: 'hunter2', OTHER: KEY } }],
  ['an option and its value', { command: 'npx', args: ['a@1.0.0', '--api-key', 'hunter2'] }],
  ['an option with its value', { command: 'npx', args: ['a@1.0.0', '--token=hunter2'] }],
  ['a header in an argument', { command: 'npx', args: ['a@1.0.0', '--header', 'Authorization: hunter2'] }],
  ['a variable of a container', { command: 'docker', args: ['run', '-e', 'TOKEN=hunter2', 'acme/a:1.0.0'] }],
  ['a default', { command: 'npx', args: ['a@1.0.0'], env: { TOKEN: `\${TOKEN:-hunter2}` } }],
  ['an unknown field', { url: 'https://mcp.example.com/', oauth: { clientSecret: 'hunter2' } }],
]

test.each(LITERALS)('the literal secret of %s becomes a name', async (_what, entry) => {
  const { manifest, kept, ledger, message } = await read('.mcp.json', entry)
  expect(message).toBe('')
  const text = json([manifest, kept, ledger])
  expect(text).not.toContain('hunter2')
  expect(text).not.toContain(KEY)
})

/** What a server.json cannot say, and a part of why. */
const REFUSED: [string, object, string][] = [
  ['a program of the machine', { command: 'php', args: ['artisan'] }, 'php'],
  [
    'a folder of a plugin',
    { command: 'npx', args: ['a@1.0.0', `\${CLAUDE_PLUGIN_ROOT}/x`] },
    'CLAUDE_PLUGIN_ROOT',
  ],
  ['a folder of the machine', { command: 'docker', args: ['run', '-v', '/:/x', 'a:1.0.0'] }, 'folder'],
  ['an address', { command: 'uvx', args: ['--from', 'git+https://example.com/x', 'x'] }, 'PyPI'],
  ['a secret in a URL', { url: 'https://mcp.example.com/?api_key=hunter2' }, 'secret'],
  ['a user in a URL', { url: 'https://me:hunter2@mcp.example.com/' }, 'secret'],
  ['another transport', { type: 'ws', url: 'https://mcp.example.com/' }, 'transport'],
  ['nothing', {}, 'neither'],
]

test.each(REFUSED)('%s is a finding that names the place for it', async (_what, entry, why) => {
  const result = await mcp.read?.({ path: '.mcp.json#docs', text: json({ mcpServers: { docs: entry } }) })
  expect(result?.definitions).toEqual([])
  expect(result?.findings).toMatchObject([
    { rule: 'NOFX_IMPORT_FIELD', message: expect.stringContaining(why) },
  ])
  expect(result?.findings[0]?.hint).toContain('mcp.json of the agent')
  expect(json(result)).not.toContain('hunter2')
})

test('with --strict, a server that would be a draft is not imported', async () => {
  const from = tempFolder({
    '.mcp.json': json({
      mcpServers: {
        loose: { command: 'npx', args: ['-y', '@acme/loose'] },
        exact: { command: 'npx', args: ['-y', '@acme/exact@1.0.0'] },
      },
    }),
  })
  const report = await importInto(tempFolder({}), from, { strict: true })
  expect(report.imported.map(({ id }) => id)).toEqual(['local-exact'])
  expect(report.failed.map(({ source, diagnostics }) => [source, diagnostics[0]?.rule])).toEqual([
    ['.mcp.json#loose', 'NOFX_IMPORT_LOSS'],
  ])
  expect((await importInto(tempFolder({}), from)).failed).toEqual([])
  const wrong = importInto(tempFolder({}), from, { namespace: 'a/b' })
  await expect(wrong).rejects.toMatchObject({ code: 'USAGE', hint: expect.stringContaining('--namespace') })
})

test('the words of each program for a transport', async () => {
  const url = 'https://mcp.example.com/'
  const typeOf = async (path: string, entry: object) => {
    const [remote] = ((await read(path, entry)).manifest?.remotes ?? []) as JsonObject[]
    return remote?.type
  }
  expect(await typeOf('.mcp.json', { url })).toBe('streamable-http')
  expect(await typeOf('.mcp.json', { url, type: 'sse' })).toBe('sse')
  expect(await typeOf('.gemini/settings.json', { url })).toBe('sse')
  expect(await typeOf('.gemini/settings.json', { url, type: 'http' })).toBe('streamable-http')
})

test('every server of the sample files is a definition or a finding; every field has its row', async () => {
  const to = tempFolder({})
  const from = tempFolder({})
  if (existsSync(corpus)) cpSync(corpus, from, { recursive: true, filter: (path) => !path.includes('.git/') })
  else cpSync(tempFolder(FILES), from, { recursive: true })
  const report = await importInto(to, from)
  for (const { problems } of report.imported) expect(problems).toEqual([])
  expect(report.failed.flatMap(({ diagnostics }) => diagnostics.map(({ rule }) => rule))).toEqual(
    report.failed.map(() => 'NOFX_IMPORT_FIELD'),
  )
  const fields = {
    description: 'd',
    tools: ['a'],
    trust: true,
    oauth: {},
    timeout: 1,
    type: 'http',
    url: 'https://a.example.com/',
  }
  const { ledger, kept } = await read('.gemini/settings.json', fields)
  for (const field of Object.keys(fields)) expect(ledger.map(({ at }) => at)).toContain(field)
  expect(kept).toEqual({ tools: ['a'], trust: true, timeout: 1 })
})

test('any JSON or TOML is definitions or a finding', async () => {
  const text = fc.oneof(
    fc.constantFrom(
      `\${A}`,
      `\${A:-b}`,
      `\${{ secrets.X }}`,
      '$A',
      '{a}',
      '-e',
      '--token',
      'npx',
      'a@1.0.0',
      'run',
      '__proto__',
    ),
    fc.string(),
  )
  const some = fc.oneof(text, fc.jsonValue())
  const entry = fc.record(
    {
      command: fc.oneof(fc.constantFrom('npx', 'uvx', 'docker', 'cmd'), some),
      args: fc.oneof(fc.array(text, { maxLength: 6 }), fc.jsonValue()),
      env: fc.oneof(fc.dictionary(text, text, { maxKeys: 3 }), fc.jsonValue()),
      url: some,
      headers: fc.oneof(fc.dictionary(text, text, { maxKeys: 3 }), fc.jsonValue()),
      env_vars: fc.jsonValue(),
      type: some,
    },
    { requiredKeys: [] },
  )
  const key = fc.constantFrom('mcpServers', 'servers', 'mcp_servers')
  const document = fc
    .tuple(key, fc.dictionary(text, fc.oneof(entry, fc.jsonValue()), { maxKeys: 3 }), fc.jsonValue())
    .map(([name, list, inputs]) => json({ [name]: list, inputs }))
  const broken = fc.oneof(
    fc.string(),
    fc.string().map((end) => `[mcp_servers.a]\nurl = ${end}`),
    fc.constant('['.repeat(50_000)),
  )
  const path = fc.constantFrom(...Object.keys(FILES))
  await fc.assert(
    fc.asyncProperty(path, fc.oneof(document, broken), async (file, content) => {
      mcp.detect?.(file, content)
      const parts = (await mcp.split?.(content, file)) ?? [{ name: 'a', text: content }]
      for (const { name, text: part } of parts) {
        const result = await mcp.read?.({ path: `${file}#${name}`, text: part })
        expect((result?.definitions.length ?? 0) + (result?.findings.length ?? 0)).toBe(1)
      }
    }),
    { numRuns: repetitions(100, 200) },
  )
})
