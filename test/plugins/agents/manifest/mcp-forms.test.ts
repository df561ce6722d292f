import { describe, expect, test } from 'vitest'
import type { Finding } from '../../../../src/contract/diagnostic.ts'
import type { JsonObject } from '../../../../src/contract/kind.ts'
import { readMcp } from '../../../../src/plugins/agents/manifest/mcp.ts'
import { mcpConfig } from '../../../../src/plugins/agents/manifest/mcp-schema.ts'
import { readMcpServers } from '../../../../src/worker/mcp/read-servers.ts'
import fc from '../../../harness/fast-check.ts'
import { check, definitionOf, findingsOn, manifest } from '../support/agent.ts'

const URL = 'https://mcp.example.com/mcp'
const permissions = { network: true, hosts: ['mcp.example.com'], secrets: ['TOKEN'] }
const withFile = (mcp: unknown) =>
  [manifest({ mcp: 'mcp.json', permissions }), { 'mcp.json': JSON.stringify(mcp) }] as const
const hintsOf = (found: readonly Finding[]) => found.map(({ severity, hint }) => `${severity}: ${hint}`)

const STDIO = { type: 'stdio', command: 'node', args: ['server.js'] }
const HTTP = { type: 'streamable-http', url: URL }

/** How each host writes a local and a remote server, and what is read. */
type Host = [host: string, file: JsonObject, servers: JsonObject, hints: string[]]
const HOSTS: Host[] = [
  [
    'Claude Desktop',
    { mcpServers: { a: { command: 'node', args: ['server.js'], env: {} } } },
    { a: { ...STDIO, env: {} } },
    ['warning: write "type": "stdio"'],
  ],
  [
    'Claude Code',
    { mcpServers: { a: { command: 'node', args: ['server.js'] }, b: { type: 'http', url: URL } } },
    { a: STDIO, b: HTTP },
    ['warning: write "type": "stdio"', 'warning: write "type": "streamable-http"'],
  ],
  [
    'Cursor',
    {
      mcpServers: {
        a: { type: 'stdio', command: 'node', args: ['server.js'] },
        b: { url: URL, headers: { Authorization: `\${env:TOKEN}` } },
      },
    },
    { a: STDIO, b: { ...HTTP, headers: { Authorization: `\${TOKEN}` } } },
    [`warning: write "\${TOKEN}"`, 'warning: write "type": "streamable-http"'],
  ],
  [
    'VS Code',
    { servers: { a: { ...STDIO }, b: { type: 'http', url: URL } } },
    { a: STDIO, b: HTTP },
    ['warning: write "mcpServers"', 'warning: write "type": "streamable-http"'],
  ],
  [
    'Copilot',
    {
      mcpServers: {
        a: { type: 'local', command: 'node', args: ['server.js'], tools: ['*'] },
        b: { type: 'http', url: URL, tools: ['find'] },
      },
    },
    { a: STDIO, b: { ...HTTP, allowedTools: ['find'] } },
    [
      'warning: remove it',
      'warning: write "type": "stdio"',
      'warning: write "allowedTools"',
      'warning: write "type": "streamable-http"',
    ],
  ],
  [
    'Windsurf',
    { mcpServers: { b: { serverUrl: URL, disabled: false } } },
    { b: HTTP },
    ['warning: write "url"', 'warning: remove it', 'warning: write "type": "streamable-http"'],
  ],
  [
    'Gemini',
    {
      mcpServers: {
        a: { command: 'node', args: ['server.js'], trust: false },
        b: { httpUrl: URL, includeTools: ['find'], excludeTools: [] },
      },
    },
    { a: STDIO, b: { ...HTTP, allowedTools: ['find'] } },
    [
      'warning: remove it',
      'warning: write "type": "stdio"',
      'warning: write "url"',
      'warning: write "allowedTools"',
      'warning: remove it',
      'warning: write "type": "streamable-http"',
    ],
  ],
  [
    'Cline and Roo',
    {
      mcpServers: {
        a: { command: 'node', args: ['server.js'], disabled: false, autoApprove: [] },
        b: { type: 'streamableHttp', url: URL, alwaysAllow: [], timeout_ms: 60_000 },
      },
    },
    { a: STDIO, b: { ...HTTP, timeoutMs: 60_000 } },
    [
      'warning: remove it',
      'warning: remove it',
      'warning: write "type": "stdio"',
      'warning: remove it',
      'warning: write "timeoutMs"',
      'warning: write "type": "streamable-http"',
    ],
  ],
  [
    'the Agent Plugins specification',
    {
      $schema: 'https://agent-plugins.org/schemas/1.0.0/mcp.schema.json',
      mcpServers: { a: { ...STDIO }, b: { ...HTTP } },
    },
    { a: STDIO, b: HTTP },
    [],
  ],
  [
    'a plugin of Claude Code',
    { servers: { command: 'node', args: ['server.js'] }, b: { ...HTTP } },
    { servers: STDIO, b: HTTP },
    ['warning: write {"mcpServers": {…}} around the servers', 'warning: write "type": "stdio"'],
  ],
  [
    'Codex',
    { mcp_servers: { b: { url: URL, http_headers: { Authorization: `\${TOKEN}` } } } },
    { b: { ...HTTP, headers: { Authorization: `\${TOKEN}` } } },
    ['warning: write "mcpServers"', 'warning: write "headers"', 'warning: write "type": "streamable-http"'],
  ],
  [
    'the settings of VS Code',
    { mcp: { servers: { a: { ...STDIO }, b: { type: 'HTTP', url: URL } } } },
    { a: STDIO, b: HTTP },
    ['warning: write "mcpServers"', 'warning: write "type": "streamable-http"'],
  ],
  [
    'OpenCode',
    {
      mcp: {
        a: {
          type: 'local',
          command: ['node', 'server.js'],
          environment: { TOKEN: `\${TOKEN}` },
          enabled: true,
        },
        b: { type: 'remote', url: URL },
      },
    },
    { a: { ...STDIO, env: { TOKEN: `\${TOKEN}` } }, b: HTTP },
    [
      'warning: write "mcpServers"',
      'warning: write "env"',
      'warning: remove it',
      'warning: write the program as "command", and each argument as an entry of "args"',
      'warning: write "type": "stdio"',
      'warning: write "type": "streamable-http"',
    ],
  ],
  [
    'Zed',
    {
      context_servers: { a: { command: { path: 'node', args: ['server.js'], env: { TOKEN: `\${TOKEN}` } } } },
    },
    { a: { ...STDIO, env: { TOKEN: `\${TOKEN}` } } },
    [
      'warning: write "mcpServers"',
      'warning: write the program as "command", and each argument as an entry of "args"',
      'warning: write "type": "stdio"',
    ],
  ],
  [
    'Continue',
    { mcpServers: [{ name: 'a', command: 'node', args: 'server.js', env: [`TOKEN=\${TOKEN}`] }] },
    { a: { ...STDIO, env: { TOKEN: `\${TOKEN}` } } },
    [
      'warning: write "mcpServers" as an object: {"<name>": {…}}',
      'warning: write "args" as a list with one entry for each argument',
      'warning: write "env" as an object: {"TOKEN": …}',
      'warning: write "type": "stdio"',
    ],
  ],
  [
    'LangChain, and headers in a list',
    {
      mcpServers: {
        a: { transport: 'stdio', command: 'node', args: ['server.js'] },
        b: {
          transportType: 'streamable_http',
          url: URL,
          headers: [{ name: 'Authorization', value: `\${TOKEN}` }],
        },
      },
    },
    { a: STDIO, b: { ...HTTP, headers: { Authorization: `\${TOKEN}` } } },
    [
      'warning: write "type"',
      'warning: write "type"',
      'warning: write "headers" as an object: {"Authorization": …}',
      'warning: write "type": "streamable-http"',
    ],
  ],
  ...['context_servers', 'mcp'].map(
    (field): Host => [field, { [field]: { a: { ...STDIO } } }, { a: STDIO }, ['warning: write "mcpServers"']],
  ),
]

/** Whether a place is in a document as it is written, as far as the server; a list has no names. */
function isIn(document: JsonObject, [first, second]: readonly (string | number)[]): boolean {
  if (first === undefined) return true
  const inside = document[first]
  if (inside === undefined || second === undefined || Array.isArray(inside)) return inside !== undefined
  return Object.hasOwn(inside as object, second)
}

describe('MCP servers as other hosts write them are read', () => {
  test.each(HOSTS)('%s: in a file', (_host, file, servers, hints) => {
    const [raw, texts] = withFile(file)
    const found = findingsOn(raw, texts)
    expect(hintsOf(found)).toEqual(hints)
    expect(new Set(found.map(({ file: path }) => path)).size).toBeLessThan(2)
    for (const { pointer = [] } of found) expect(isIn(file, pointer), pointer.join('.')).toBe(true)
    const item = definitionOf(raw, texts)
    expect(Object.fromEntries(readMcp(item).servers)).toEqual(servers)
    expect(readMcpServers({ id: 'reviewer', manifest: item.manifest, texts })).toEqual(servers)
  })

  test.each(HOSTS)('%s: inline', (_host, file, servers, hints) => {
    const raw = manifest({ mcp: file, permissions })
    expect(hintsOf(findingsOn(raw))).toEqual(hints)
    expect(definitionOf(raw).manifest.mcp).toEqual({ mcpServers: servers })
  })

  test.each(HOSTS)('%s: the form that the hints lead to has no findings', (_host, _file, servers) => {
    expect(check(...withFile({ mcpServers: servers }))).toEqual([])
  })

  test.each(HOSTS)('%s: what a rule refuses is placed in the file as it is written', (_host, file) => {
    // Without its permissions a server with a URL is refused by a rule, after the servers were put into their form.
    const found = findingsOn(manifest({ mcp: 'mcp.json' }), { 'mcp.json': JSON.stringify(file) })
    for (const { pointer = [] } of found) expect(isIn(file, pointer), pointer.join('.')).toBe(true)
  })

  test.each([
    [{ command: 'node', url: URL }, ['keep "command" for a program, or "url" for a remote server']],
    [{ command: 'node', args: 'server.js --port 1' }, [expect.any(String), expect.any(String)]],
    [{ command: ['node', 1] }, [expect.any(String), expect.any(String)]],
    [{ command: 'node', env: ['TOKEN', 'TOKEN=x'] }, [expect.any(String), expect.any(String)]],
  ])('what has no single meaning is refused at its own field: %j', (server, hints) => {
    const found = findingsOn(...withFile({ mcpServers: { a: server } }))
    expect(hintsOf(found).map((hint) => hint.replace(/^\w+: /, ''))).toEqual(hints)
    expect(found.some(({ severity }) => severity === 'error')).toBe(true)
    expect(found.map(({ hint }) => hint)).not.toContain('add "type"')
  })

  test('no hint about a list repeats a value of it, which may be a secret', () => {
    const secret = 'hunter2hunter2'
    const server = { command: ['node', secret], env: [`TOKEN=${secret}`], headers: [`A: ${secret}`] }
    const found = findingsOn(...withFile({ mcpServers: { a: server } }))
    expect(JSON.stringify(found)).not.toContain(secret)
  })

  test('a server of the older transport is read as one', () => {
    const url = 'https://mcp.example.com/sse'
    const [form, old] = findingsOn(...withFile({ mcpServers: { a: { url } } }))
    expect([form?.hint, old?.rule]).toEqual(['write "type": "sse"', 'NOFX_MCP_TRANSPORT_SSE'])
  })
})

test('all faults of a server are found in one run', () => {
  const local = {
    type: 'websocket',
    command: 'bash',
    args: ['-c', 'node server.js'],
    cwd: '/Users/ada/work',
    timeout: 60,
    headersHelper: './get.sh',
    comand: 'x',
    timeoutMs: 1,
  }
  const remote = { type: 'http', url: 'http://10.0.0.7/mcp', oauth: {}, description: 'x', allowdTools: [] }
  const found = findingsOn(...withFile({ mcpServers: { local, remote } }))
  expect(found.map(({ rule, pointer, hint }) => [rule, pointer?.slice(1).join('.'), hint])).toEqual([
    ['NOFX_MCP_FIELD_UNSUPPORTED', 'local.cwd', 'remove it; the runtime chooses the working directory'],
    ['NOFX_MCP_FIELD_UNSUPPORTED', 'local.timeout', 'write "timeoutMs": 60000'],
    [
      'NOFX_MCP_FIELD_UNSUPPORTED',
      'local.headersHelper',
      `remove it, and write "headers": {"Authorization": "\${NAME}"} with NAME in permissions.secrets`,
    ],
    ['NOFX_FIELD_INVALID', 'local.type', 'write "type": "stdio"'],
    [
      'NOFX_MCP_FIELD_UNSUPPORTED',
      'remote.oauth',
      `remove it, and write "headers": {"Authorization": "\${NAME}"} with NAME in permissions.secrets`,
    ],
    ['NOFX_MCP_FIELD_UNSUPPORTED', 'remote.description', 'remove it, or write the text into docs.md'],
    ['NOFX_MCP_FORM', 'remote.type', 'write "type": "streamable-http"'],
    ['NOFX_FIELD_INVALID', 'local.timeoutMs', expect.any(String)],
    ['NOFX_FIELD_UNKNOWN', 'local.comand', 'write "command"'],
    ['NOFX_FIELD_UNKNOWN', 'remote.allowdTools', 'write "allowedTools"'],
    ['NOFX_MCP_COMMAND_SHELL', 'local.command', expect.any(String)],
    ['NOFX_MCP_URL_SCHEME', 'remote.url', expect.any(String)],
    ['NOFX_MCP_URL_PRIVATE', 'remote.url', expect.any(String)],
    ['NOFX_PERMISSION_HOST_MISSING', 'remote.url', expect.any(String)],
  ])
})

test.each([
  [
    { ...HTTP, type: 'stdio' },
    'mcpServers.a.type "stdio" does not fit its url',
    'write "type": "streamable-http"',
  ],
  [{ ...STDIO, type: 'sse' }, 'mcpServers.a.type "sse" does not fit its command', 'write "type": "stdio"'],
])(
  'a type that does not fit the place of the server is the fault, not the place: %j',
  (server, message, hint) => {
    const found = findingsOn(...withFile({ mcpServers: { a: server } }))
    expect(found.map(({ rule, message, hint }) => [rule, message, hint])).toEqual([
      ['NOFX_FIELD_INVALID', message, hint],
    ])
  },
)

test.each([
  ['a remote server', { ...HTTP, zzz: 1 }, /url/, /command|args|env/],
  ['a local server', { ...STDIO, zzz: 1 }, /command.*args.*env/, /url|headers|variables/],
])('an unknown field of %s lists only fields of such a server', (_name, server, own, other) => {
  const [finding] = findingsOn(...withFile({ mcpServers: { a: server } }))
  expect(finding?.rule).toBe('NOFX_FIELD_UNKNOWN')
  expect(finding?.hint).toMatch(own)
  expect(finding?.hint).not.toMatch(other)
})

describe('a file with servers that the manifest does not name is an error', () => {
  const texts = (name: string) => ({ [name]: JSON.stringify({ mcpServers: { a: STDIO } }) })
  test.each(['mcp.json', '.mcp.json', 'MCP.json'])('%s', (name) => {
    const [finding, ...rest] = findingsOn(manifest(), texts(name))
    expect(finding).toMatchObject({ rule: 'NOFX_MCP_FILE_UNNAMED', severity: 'error', file: name })
    expect(rest).toEqual([])
    expect(finding?.hint).toBe(`add "mcp": "${name}"`)
    expect(check(manifest({ mcp: name }), texts(name))).toEqual([])
  })

  test('under whatever field the servers are', () => {
    const [finding] = findingsOn(manifest(), { 'mcp.json': JSON.stringify({ a: STDIO }) })
    expect(finding?.hint).toBe('add "mcp": "mcp.json"')
    const [other] = findingsOn(manifest(), { 'mcp.json': '{"tools": {"a": {}}}' })
    expect(other?.hint).toBe('move "tools" into "metadata", and remove the file')
  })

  test('even if a text mentions it, or the manifest has other servers', () => {
    const mentioned = { ...texts('mcp.json'), 'README.md': 'The servers are in mcp.json.\n' }
    expect(check(manifest(), mentioned)).toEqual(['NOFX_MCP_FILE_UNNAMED mcp.json'])
    const inline = manifest({ mcp: { mcpServers: {} } })
    const [finding] = findingsOn(inline, texts('mcp.json'))
    expect(finding?.hint).toBe('remove the file, or write "mcp": "mcp.json"')
  })
})

describe('a path in the home folder of a person is a warning', () => {
  test.each([
    ['/Users/ada/servers/files.js', true],
    ['--root=/home/ada/work', true],
    ['C:\\Users\\ada\\server.js', true],
    ['~/server.js', true],
    ['./data', false],
    ['/opt/servers/files.js', false],
    ['https://example.com/home/ada', false],
    ['server.js', false],
  ])('%s: %s', (word, warned) => {
    const found = check(...withFile({ mcpServers: { a: { ...STDIO, args: [word] } } }))
    expect(found).toEqual(warned ? ['NOFX_MCP_PATH_HOME mcp.json:mcpServers.a.args.0'] : [])
  })
})

test('any document is read without an exception, and what is read has the usual form', () => {
  const field = fc.constantFrom(
    'type',
    'command',
    'url',
    'httpUrl',
    'tools',
    'args',
    'env',
    'timeout',
    'disabled',
    'transport',
    'headers',
  )
  const value = fc.oneof(
    fc.constantFrom<unknown>('http', 'stdio', 'local', URL, 'node', true, false, 5, null),
    fc.array(fc.constantFrom<unknown>('*', 'a', 'A=b', 'B: c', 1, { name: 'A', value: 'b' })),
    fc.record({
      path: fc.constantFrom('node', ''),
      args: fc.constantFrom<unknown>([], ['x'], 'x', undefined),
    }),
    fc.dictionary(fc.constantFrom('A', 'B'), fc.constantFrom<unknown>(`\${env:TOKEN}`, `\${TOKEN}`, 1)),
  )
  const servers = fc.dictionary(fc.constantFrom('a', 'b'), fc.oneof(fc.dictionary(field, value), value))
  fc.assert(
    fc.property(fc.constantFrom('servers', 'mcpServers', 'other', 'mcp'), servers, (name, all) => {
      const before = JSON.stringify({ [name]: all })
      const item = { ...definitionOf(manifest()), manifest: manifest({ mcp: 'mcp.json' }) } as never
      const mcp = readMcp({ ...(item as object), texts: new Map([['mcp.json', before]]) } as never)
      expect(mcpConfig.safeParse({ mcpServers: Object.fromEntries(mcp.servers) }).success).toBe(true)
      const isValid = mcp.findings.every(({ severity }) => severity === 'warning')
      expect(isValid).toBe(isValid && mcp.servers.length === Object.keys(all).length)
    }),
    { numRuns: 150 },
  )
})
