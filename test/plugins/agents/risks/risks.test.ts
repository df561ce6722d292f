import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../../src/contract/kind.ts'
import { agentRisks } from '../../../../src/plugins/agents/risks/risks.ts'
import { definitionOf, manifest } from '../support/agent.ts'

type Texts = Record<string, string>

/** Risks as `level id message` lines, for a change from one manifest to another. */
function risks(
  before: JsonObject | undefined,
  after: JsonObject,
  texts: Texts = {},
  textsAfter = texts,
): string[] {
  const old = before && definitionOf(manifest(before), texts)
  return agentRisks(old, definitionOf(manifest(after), textsAfter)).map(
    ({ level, id, message }) => `${level} ${id} ${message}`,
  )
}

const server = (more: JsonObject = {}) => ({
  type: 'streamable-http',
  url: 'https://a.example.com/mcp',
  allowedTools: ['read'],
  ...more,
})
const stdio = (more: JsonObject = {}) => ({
  type: 'stdio',
  command: 'npx',
  args: ['-y', 'pkg@1.0.0'],
  allowedTools: ['read'],
  ...more,
})
const mcp = (mcpServers: JsonObject) => ({ mcp: { mcpServers } })

test('an unchanged agent has no risks', () => {
  const same = {
    ...mcp({ a: server() }),
    permissions: { shell: true, secrets: ['A'] },
    inputSchema: { type: 'object' },
  }
  expect(risks(same, same)).toEqual([])
})

test('changed wording has no risks', () => {
  expect(risks({ description: 'One.' }, { description: 'Two.', name: 'Other', tags: ['x'] })).toEqual([])
})

test('what an import kept is a risk where it lets the agent do more in its own program', () => {
  const kept = (values: JsonObject) => ({ metadata: { import: { format: 'claude', kept: values } } })
  const line = (name: string, effect: string) =>
    `high kept-effect ${name} of the source is kept: ${effect} after an export with --allow-effects`
  const all = {
    hooks: { Stop: [] },
    permissionMode: 'bypassPermissions',
    sandbox_mode: 'danger-full-access',
    approval_policy: 'never',
    color: 'red',
  }
  const lines = [
    line('hooks', 'hooks run commands'),
    line('permissionMode', '"bypassPermissions" never asks'),
    line('sandbox_mode', '"danger-full-access" limits nothing'),
    line('approval_policy', '"never" never asks'),
  ]
  expect(risks(undefined, kept(all)).filter((one) => one.includes('kept-effect'))).toEqual(lines)
  expect(risks({}, kept(all))).toEqual(lines)
  expect(risks(kept(all), kept({ ...all, color: 'blue' }))).toEqual([])
  expect(risks(kept(all), {})).toEqual([])
  expect(risks(kept(all), kept({ ...all, hooks: { Stop: [{}] } }))).toEqual(lines.slice(0, 1))
  expect(risks({}, kept({ permissionMode: 'plan', sandbox_mode: 'read-only' }))).toEqual([])
})

describe('MCP servers', () => {
  test.each<[string, JsonObject, JsonObject, string[]]>([
    [
      'another host',
      { a: server() },
      { a: server({ url: 'https://evil.example/mcp' }) },
      [
        'high mcp-url-changed mcpServers.a.url "https://a.example.com/mcp" → "https://evil.example/mcp"',
        'high mcp-host-added mcpServers.a reaches the new host evil.example',
      ],
    ],
    [
      'another path',
      { a: server() },
      { a: server({ url: 'https://a.example.com/v2' }) },
      ['medium mcp-url-changed mcpServers.a.url "https://a.example.com/mcp" → "https://a.example.com/v2"'],
    ],
    [
      'a server on a new host',
      { a: server() },
      { a: server(), b: server({ url: 'https://b.example/' }) },
      ['high mcp-host-added mcpServers.b reaches the new host b.example'],
    ],
    [
      'a server on a known host',
      { a: server() },
      { a: server(), b: server({ url: 'https://a.example.com/b' }) },
      ['medium mcp-server-added mcpServers.b is new, at "https://a.example.com/b"'],
    ],
    [
      'a removed server',
      { a: server(), b: server({ url: 'https://b.example/' }) },
      { a: server() },
      ['medium mcp-server-removed mcpServers.b is removed'],
    ],
    [
      'a program',
      {},
      { a: stdio() },
      ['high mcp-command-added mcpServers.a starts a program: npx -y pkg@1.0.0'],
    ],
    [
      'a container with power',
      {},
      {
        a: stdio({
          command: 'docker',
          args: ['run', '-i', '--rm', '--privileged', '-v', '/:/host', 'box@1'],
        }),
      },
      [
        'high mcp-command-added mcpServers.a starts a program: docker run -i --rm --privileged -v /:/host box@1',
      ],
    ],
    [
      'power behind other arguments',
      {},
      {
        a: stdio({
          command: 'docker',
          args: ['run', ...Array(90).fill('--label=x'), '--privileged', '-v', '/:/host'],
        }),
      },
      [
        `high mcp-command-added mcpServers.a starts a program: docker with --privileged, -v /:/host, in full: docker run ${'--label=x '.repeat(90)}--privileged -v /:/host`,
      ],
    ],
    [
      'another version',
      { a: stdio() },
      { a: stdio({ args: ['-y', 'pkg@1.0.1'] }) },
      ['high mcp-command-changed mcpServers.a starts npx -y pkg@1.0.1 instead of npx -y pkg@1.0.0'],
    ],
    [
      'another tool',
      { a: server() },
      { a: server({ allowedTools: ['read', 'write'] }) },
      ['medium mcp-tool-added mcpServers.a may also call write'],
    ],
    [
      'a capability to read',
      { a: server({ capabilities: ['prompts'] }) },
      { a: server({ capabilities: ['prompts', 'resources'] }) },
      ['medium mcp-capability-added mcpServers.a gains the capabilities resources'],
    ],
    [
      'a capability that makes requests to the client',
      { a: server() },
      { a: server({ capabilities: ['resources', 'sampling'] }) },
      ['high mcp-capability-added mcpServers.a gains the capabilities resources sampling'],
    ],
    [
      'every tool',
      { a: server() },
      { a: server({ allowedTools: ['*'] }) },
      ['high mcp-tool-any mcpServers.a may call every tool of its server'],
    ],
    [
      'no list of tools',
      { a: server() },
      { a: server({ allowedTools: undefined }) },
      ['high mcp-tool-any mcpServers.a may call every tool of its server'],
    ],
    ['fewer tools', { a: server({ allowedTools: ['*'] }) }, { a: server() }, []],
    [
      'a secret handed out',
      { a: server() },
      { a: server({ headers: { 'X-Key': `\${KEY}` } }) },
      [`medium mcp-secret-given mcpServers.a is given \${KEY}`],
    ],
  ])('%s', (_, before, after, expected) => expect(risks(mcp(before), mcp(after))).toEqual(expected))

  test('a changed URL in mcp.json is a risk', () => {
    const file = (url: string) => ({ 'mcp.json': JSON.stringify({ mcpServers: { files: server({ url }) } }) })
    const found = risks(
      { mcp: 'mcp.json' },
      { mcp: 'mcp.json' },
      file('https://a.example/x'),
      file('https://b.example/x'),
    )
    expect(found[0]).toBe(
      'high mcp-url-changed mcpServers.files.url "https://a.example/x" → "https://b.example/x"',
    )
  })

  test('moving the servers from the manifest to a file has no risks', () => {
    const text = JSON.stringify({ mcpServers: { a: server() } })
    expect(risks(mcp({ a: server() }), { mcp: 'mcp.json' }, {}, { 'mcp.json': text })).toEqual([])
  })
})

describe('permissions and limits', () => {
  test.each<[string, JsonObject, JsonObject, string[]]>([
    ['a shell', {}, { shell: true }, ['high permission-shell gains shell access']],
    ['reading', {}, { filesystem: 'read' }, ['medium permission-filesystem filesystem none → read']],
    [
      'writing',
      { filesystem: 'read' },
      { filesystem: 'write' },
      ['high permission-filesystem filesystem read → write'],
    ],
    ['the network', {}, { network: true }, ['medium permission-network may open network connections']],
    [
      'a host',
      { hosts: ['a.example'] },
      { hosts: ['a.example', 'b.example'] },
      ['medium permission-host may reach b.example'],
    ],
    ['every host', {}, { hosts: ['*'] }, ['high permission-host may reach every host']],
    ['a secret', {}, { secrets: ['KEY'] }, ['high permission-secret is given the secret KEY']],
    ['less', { shell: true, secrets: ['KEY'], hosts: ['*'], filesystem: 'write' }, {}, []],
  ])('%s', (_, before, after, expected) =>
    expect(risks({ permissions: before }, { permissions: after })).toEqual(expected),
  )

  test.each<[string, unknown, unknown, string[]]>([
    ['a little more', { maxTokens: 100 }, { maxTokens: 150 }, ['low limit-raised maxTokens 100 → 150']],
    ['twice as much', { maxCostUsd: 2 }, { maxCostUsd: 4 }, ['medium limit-raised maxCostUsd 2 → 4']],
    [
      'ten times as much',
      { timeoutMs: 1000 },
      { timeoutMs: 10_000 },
      ['high limit-raised timeoutMs 1000 → 10000'],
    ],
    [
      'a limit left out, so that the usual one holds',
      { cpu: 0.5 },
      undefined,
      ['medium limit-raised cpu 0.5 → 1'],
    ],
    ['less', 'large', 'small', []],
  ])('%s', (_, before, after, expected) =>
    expect(risks({ resourceProfile: before }, { resourceProfile: after })).toEqual(expected),
  )
})

describe('changes to what callers rely on', () => {
  const skill = (id: string) => ({ id, name: 'N', description: 'D' })
  test.each<[string, JsonObject, JsonObject, string[]]>([
    [
      'a removed skill',
      { skills: [skill('ab'), skill('cd')] },
      { skills: [skill('ab')] },
      ['high skill-removed the skill cd is removed'],
    ],
    [
      'another model',
      { model: { name: 'a' } },
      { model: { provider: 'p', name: 'b' } },
      ['medium model-changed model a → p/b'],
    ],
    [
      'a higher temperature',
      { model: { name: 'a' } },
      { model: { name: 'a', params: { temperature: 1 } } },
      ['low model-params-changed parameters of the model differ'],
    ],
    [
      'another input',
      { inputSchema: {} },
      { inputSchema: { type: 'object' } },
      ['medium schema-changed inputSchema is different: callers may break'],
    ],
    ['keys in another order', { inputSchema: { a: 1, b: 2 } }, { inputSchema: { b: 2, a: 1 } }, []],
    [
      'a dependency',
      {},
      { dependencies: { agents: ['planner@^1'], packages: ['npm:a@1.0.0'] } },
      ['low dependency-added now depends on planner', 'medium dependency-added now depends on npm:a@1.0.0'],
    ],
    ['off', {}, { status: 'disabled' }, ['high status-changed status active → disabled: readers lose it']],
    ['on', { status: 'draft' }, {}, ['medium status-changed status draft → active: readers will see it']],
    [
      'deprecated',
      {},
      { status: 'deprecated', deprecation: { message: 'x' } },
      ['medium status-changed status active → deprecated'],
    ],
    ['another owner', {}, { owner: '@other' }, ['medium owner-changed owner @platform → @other']],
    [
      'another licence',
      { license: 'MIT' },
      { license: undefined },
      ['medium license-changed license MIT → (none)'],
    ],
    [
      'other workers',
      {},
      { compatibility: { worker: '>=2' } },
      ['low compatibility-changed runs on workers * → >=2'],
    ],
    [
      'a lower pass rate',
      { evals: { suite: 'e', minPassRate: 0.9 } },
      { evals: { suite: 'e', minPassRate: 0.5 } },
      ['medium evals-loosened minPassRate 0.9 → 0.5'],
    ],
  ])('%s', (_, before, after, expected) => expect(risks(before, after)).toEqual(expected))

  test('prompts and their variables', () => {
    const prompts = (system: unknown, more = {}) => ({ prompts: { system, ...more } })
    const declared = (...variables: string[]) => prompts({ path: 'p.md', variables })
    expect(risks(declared('a', 'b'), declared('a'))).toEqual([
      'medium prompt-variable-removed prompts.system no longer reads b',
    ])
    expect(risks(declared('a'), declared('a', 'b'))).toEqual([
      'medium prompt-variable-added prompts.system now reads b',
    ])
    expect(risks(prompts('p.md', { help: 'h.md' }), prompts('p.md'))).toEqual([
      'medium prompt-removed the prompt help (h.md) is removed',
    ])
  })
})

test('a new agent has the risks of its permissions and servers', () => {
  const after = {
    ...mcp({ a: server({ allowedTools: undefined }) }),
    permissions: { shell: true, secrets: ['KEY'] },
    resourceProfile: 'large',
  }
  expect(risks(undefined, after)).toEqual([
    'high mcp-host-added mcpServers.a reaches the new host a.example.com',
    'high mcp-tool-any mcpServers.a may call every tool of its server',
    'high permission-shell gains shell access',
    'high permission-secret is given the secret KEY',
  ])
})
