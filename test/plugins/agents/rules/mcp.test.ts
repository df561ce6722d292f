import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../../src/contract/kind.ts'
import { check, findingsOn, lines, manifest } from '../support/agent.ts'

const PERMISSIONS = { network: true, hosts: ['*.example.com'], secrets: ['TOKEN'] }
const http = (more: JsonObject = {}) => ({
  type: 'streamable-http',
  url: 'https://mcp.example.com/mcp',
  ...more,
})
const stdio = (more: JsonObject = {}) => ({ type: 'stdio', command: 'node', args: ['server.js'], ...more })

/** Findings on an agent with these inline servers; pointers are relative to the servers. */
function inline(mcpServers: JsonObject, more: JsonObject = {}): string[] {
  const found = check(manifest({ mcp: { mcpServers }, permissions: PERMISSIONS, ...more }))
  return found.map((line) => line.replace('agent.json:mcp.mcpServers.', '').replace('NOFX_', ''))
}

test('a server is read from the file that the manifest names, and findings point into that file', () => {
  const mcp = JSON.stringify({ mcpServers: { files: http({ url: 'https://10.0.0.7/mcp' }) } })
  const [finding, host] = findingsOn(manifest({ mcp: 'config/tools.json' }), { 'config/tools.json': mcp })
  expect(finding).toEqual({
    rule: 'NOFX_MCP_URL_PRIVATE',
    severity: 'error',
    file: 'config/tools.json',
    pointer: ['mcpServers', 'files', 'url'],
    message: 'mcpServers.files.url "https://10.0.0.7/mcp" is a private address',
    hint: 'use a public https URL',
  })
  expect(host?.rule).toBe('NOFX_PERMISSION_HOST_MISSING')
})

describe('an MCP file that cannot be read', () => {
  test.each([
    ['no JSON', '{', ['NOFX_JSON_SYNTAX mcp.json:@1']],
    ['a key twice', '{"mcpServers":{"a":1,"a":1}}', ['NOFX_JSON_DUPLICATE_KEY mcp.json:@21']],
    ['an array', '[]', ['NOFX_FIELD_TYPE mcp.json']],
    ['an unknown key', '{"mcpServers":{},"inputs":[]}', ['NOFX_MCP_FIELD_UNSUPPORTED mcp.json:inputs']],
    [
      'a misspelt key',
      '{"mcpServer":{}}',
      ['NOFX_FIELD_REQUIRED mcp.json', 'NOFX_FIELD_UNKNOWN mcp.json:mcpServer'],
    ],
    [
      'an unknown type',
      '{"mcpServers":{"a":{"type":"pipe","command":"x","url":"x"}}}',
      ['NOFX_FIELD_INVALID mcp.json:mcpServers.a.type'],
    ],
    [
      'no type',
      '{"mcpServers":{"a":{"url":"x","command":"x"}}}',
      ['NOFX_FIELD_INVALID mcp.json:mcpServers.a.url'],
    ],
    [
      'an odd name',
      '{"mcpServers":{"a b":{"type":"stdio","command":"x"}}}',
      ['NOFX_FIELD_INVALID mcp.json:mcpServers.a b'],
    ],
    [
      'a prototype',
      '{"mcpServers":{"__proto__":{"type":"stdio","command":"x"}}}',
      ['NOFX_JSON_KEY mcp.json:mcpServers.__proto__'],
    ],
    ['depth', `{"mcpServers":${'['.repeat(40)}${']'.repeat(40)}}`, ['NOFX_JSON_DEPTH mcp.json:@45']],
  ])('%s', (_, text, expected) => {
    expect(lines(findingsOn(manifest({ mcp: 'mcp.json' }), { 'mcp.json': text })).sort()).toEqual(expected)
  })

  test('a file that does not exist', () => {
    expect(check(manifest({ mcp: 'mcp.json' }))).toEqual(['NOFX_FILE_MISSING agent.json:mcp'])
  })
})

describe('transport', () => {
  test.each([
    ['streamable-http', http(), []],
    ['sse, deprecated', http({ type: 'sse' }), ['MCP_TRANSPORT_SSE a.type']],
    ['stdio', stdio(), []],
  ])('%s', (_, server, expected) => expect(inline({ a: server })).toEqual(expected))
})

describe('URLs of one agent', () => {
  const twice = (one: string, other: string) => inline({ a: http({ url: one }), b: http({ url: other }) })
  test.each([
    ['https://mcp.example.com/mcp', 'https://mcp.example.com/mcp'],
    ['https://mcp.example.com/mcp', 'https://MCP.example.com:443/mcp/'],
    ['https://mcp.example.com/mcp', 'https://mcp.example.com./x/../mcp'],
  ])('%s and %s are the same URL', (one, other) =>
    expect(twice(one, other)).toEqual(['MCP_URL_DUPLICATE b.url']),
  )
  test('that differ are two URLs', () => {
    expect(twice('https://mcp.example.com/a', 'https://mcp.example.com/b')).toEqual([])
  })

  test.each([
    ['declared', { tenant: { description: 'Who' } }, 'https://mcp.example.com/{tenant}', []],
    ['not declared', {}, 'https://mcp.example.com/{tenant}', ['MCP_URL_VARIABLE a.url']],
    [
      'misspelt',
      { tenant: {} },
      'https://mcp.example.com/{tennant}',
      ['MCP_URL_VARIABLE a.url', 'MCP_URL_VARIABLE_UNUSED a.variables.tenant'],
    ],
    ['unused', { tenant: {} }, 'https://mcp.example.com/', ['MCP_URL_VARIABLE_UNUSED a.variables.tenant']],
    ['in the host', { tenant: {} }, 'https://{tenant}.example.com/', []],
    ['inherited', {}, 'https://mcp.example.com/{constructor}', ['MCP_URL_VARIABLE a.url']],
    [
      'with a value that leaves its place',
      { tenant: { default: 'x/../y' } },
      'https://mcp.example.com/{tenant}',
      ['FIELD_INVALID a.variables.tenant.default'],
    ],
  ])('with a variable: %s', (_, variables, url, expected) =>
    expect(inline({ a: http({ url, variables }) })).toEqual(expected),
  )

  test('are never shown with a secret', () => {
    const url = 'https://user:hunter2@mcp.example.com/?token=hunter2#hunter2'
    const found = findingsOn(
      manifest({ mcp: { mcpServers: { a: http({ url }) } }, permissions: PERMISSIONS }),
    )
    expect(found.map(({ rule }) => rule)).toEqual([
      'NOFX_MCP_URL_USERINFO',
      'NOFX_MCP_URL_FRAGMENT',
      'NOFX_MCP_URL_TOKEN',
    ])
    expect(JSON.stringify(found)).not.toContain('hunter2')
  })
})

describe('a URL that names this machine', () => {
  const server = { a: http({ url: 'http://localhost:5008/mcp' }) }
  test('is allowed only in drafts', () => {
    expect(inline(server, { status: 'draft' })).toEqual([])
    expect(inline(server)).toEqual(['MCP_URL_LOOPBACK a.url', 'PERMISSION_HOST_MISSING a.url'])
  })
})

describe('values of headers and environment', () => {
  test.each([
    ['a declared secret', `\${TOKEN}`, []],
    ['an undeclared secret', `\${OTHER}`, ['MCP_SECRET_UNDECLARED']],
    ['a literal', 'abc123def456', ['MCP_VALUE_LITERAL']],
    ['a secret with words around it', `Bearer \${TOKEN}`, ['MCP_VALUE_LITERAL']],
    ['two secrets', `\${TOKEN}\${TOKEN}`, ['MCP_VALUE_LITERAL']],
    ['another notation', '$TOKEN', ['MCP_VALUE_LITERAL']],
    ['a default', `\${TOKEN:-x}`, ['MCP_VALUE_LITERAL']],
    ['nothing', '', ['MCP_VALUE_LITERAL']],
    ['a trailing line feed', `\${TOKEN}\n`, ['MCP_VALUE_LITERAL']],
  ])('%s', (_, value, expected) => {
    expect(inline({ a: http({ headers: { 'X-Key': value } }) })).toEqual(
      expected.map((rule) => `${rule} a.headers.X-Key`),
    )
    expect(inline({ a: stdio({ env: { KEY: value } }) })).toEqual(expected.map((rule) => `${rule} a.env.KEY`))
  })

  test('show at most the first 6 characters of a literal', () => {
    const server = http({ headers: { 'X-Key': 'abc123def456' } })
    const [finding] = findingsOn(manifest({ mcp: { mcpServers: { a: server } }, permissions: PERMISSIONS }))
    expect(finding?.message).toBe(`mcpServers.a.headers.X-Key is "abc123…" instead of "\${NAME}"`)
    expect(JSON.stringify(finding)).not.toContain('abc123d')
  })

  test.each([
    ['$HOME/x', '$HOME'],
    [`\${PORT:-3000}`, `\${PORT:-3000}`],
    [`\${PORT-1}`, `\${PORT-1}`],
    [`a\${TOKEN:+x}b`, `\${TOKEN:+x}`],
    [`\${TOKEN`, `\${TOKEN`],
    [`\${}`, `\${}`],
    [`\${ TOKEN }`, `\${ TOKEN }`],
    [`\${env:TOKEN}`, `\${env:TOKEN}`],
    [`\${input:key}`, `\${input:key}`],
    [`\${1}`, `\${1}`],
    ['--x=$TOKEN', '$TOKEN'],
    ['$(pwd)/x', '$(pwd)'],
    ['$1', '$1'],
    ['%APPDATA%/x', '%APPDATA%'],
    ['--key={{secrets.KEY}}', '{{secrets.KEY}}'],
    ['{{ env.HOME }}', '{{ env.HOME }}'],
    ['$@', '$@'],
    [`$\${TOKEN}`, '$$'],
  ])('in an argument %j the text %j is not replaced by anything', (arg, form) => {
    const [finding, ...more] = findingsOn(
      manifest({ mcp: { mcpServers: { a: stdio({ args: ['x', arg] }) } }, permissions: PERMISSIONS }),
    )
    expect(more).toEqual([])
    expect(finding).toMatchObject({
      rule: 'NOFX_MCP_PLACEHOLDER',
      severity: 'error',
      pointer: ['mcp', 'mcpServers', 'a', 'args', 1],
      message: `mcpServers.a.args[1] has ${JSON.stringify(form)}, which is never filled in`,
    })
  })

  test.each([
    '100%',
    '%Y%m%d',
    'caf%C3%A9',
    '%E4%BD%A0abc%20',
    '{{.ID}}',
    '{{title}}',
    '^a$',
    'a$|b',
    'US$',
    '$',
    `--a=\${TOKEN}b\${TOKEN}`,
  ])('accept the argument %j unchanged', (arg) => expect(inline({ a: stdio({ args: [arg] }) })).toEqual([]))

  test('with another client’s variable are not reported as a missing secret', () => {
    for (const name of ['CLAUDE_PLUGIN_ROOT', 'HOME', 'workspaceFolder']) {
      const server = stdio({ args: [`\${${name}}/x`], env: { KEY: `\${${name}}` } })
      const found = findingsOn(manifest({ mcp: { mcpServers: { a: server } }, permissions: PERMISSIONS }))
      expect(found.map(({ rule, hint }) => [rule, hint])).toEqual(
        Array(2).fill([
          'NOFX_MCP_SECRET_UNDECLARED',
          `write the value itself: a worker fills in secrets alone, and \${${name}} is not one`,
        ]),
      )
    }
  })

  test('in an argument need a declared secret too', () => {
    expect(inline({ a: stdio({ args: [`--a=\${TOKEN}`, `--b=\${OTHER}`] }) })).toEqual([
      'MCP_SECRET_UNDECLARED a.args.1',
    ])
  })

  test.each([
    ['a header with a blank', http({ headers: { 'X Key': `\${TOKEN}` } }), 'FIELD_INVALID a.headers.X Key'],
    ['a variable with a dash', stdio({ env: { 'MY-KEY': `\${TOKEN}` } }), 'FIELD_INVALID a.env.MY-KEY'],
  ])('refuse %s as the name of a secret', (_, server, expected) =>
    expect(inline({ a: server })).toEqual([expected]),
  )
})

describe('allowed tools', () => {
  test.each([
    ['different ones', ['search', 'read'], []],
    ['one twice', ['search', 'read', 'search'], ['MCP_TOOL_DUPLICATE a.allowedTools.2']],
    ['every one', ['*'], ['MCP_TOOL_ANY a.allowedTools.0']],
    ['one with a blank', ['a b'], ['FIELD_INVALID a.allowedTools.0']],
  ])('%s', (_, allowedTools, expected) => {
    expect(inline({ a: http({ allowedTools }) })).toEqual(expected)
    expect(inline({ a: stdio({ allowedTools }) })).toEqual(expected)
  })
})

describe('commands', () => {
  test.each([
    ['a shell string', { command: 'npx -y pkg@1.0.0' }, ['MCP_COMMAND_SHELL a.command']],
    ['a shell', { command: 'bash', args: ['-c', 'npx pkg'] }, ['MCP_COMMAND_SHELL a.command']],
    ['an unpinned package', { command: 'npx', args: ['-y', 'pkg'] }, ['MCP_PACKAGE_UNPINNED a.args.1']],
    ['a pinned package', { command: 'npx', args: ['-y', 'pkg@1.0.0'] }, []],
  ])('%s', (_, server, expected) => expect(inline({ a: stdio(server) })).toEqual(expected))

  test('of a draft may run the newest package, but no shell', () => {
    const server = (command: string, args: string[]) =>
      inline({ a: stdio({ command, args }) }, { status: 'draft' })
    expect(server('npx', ['pkg@latest'])).toEqual([])
    expect(server('sh', ['-c', 'npx pkg'])).toEqual(['MCP_COMMAND_SHELL a.command'])
  })
})
