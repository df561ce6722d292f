import { checkDefinition } from '../../../src/contract/check/check.ts'
import { isError } from '../../../src/contract/diagnostic.ts'
import { ALONE } from '../../../src/contract/kind.ts'
import type { ExportItem } from '../../../src/exchange/contract/format.ts'
import { agents } from '../../../src/plugins/agents/kind.ts'
import fc from '../../harness/fast-check.ts'

/** A manifest that is valid, with further fields. */
export function manifestOf(id: string, fields: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    agentId: id,
    name: 'Reviewer',
    description: 'Reviews changes.',
    owner: '@acme/tools',
    skills: [{ id: 'review', name: 'Review', description: 'Reviews.' }],
    prompts: { system: 'prompts/system.md' },
    ...fields,
  }
}

/** An agent as an export gets it. Throws if it has errors, which an export refuses before. */
export function itemOf(
  id: string,
  fields: Record<string, unknown> = {},
  { body = 'You review.\n', files = {} }: { body?: string; files?: Record<string, string> } = {},
): ExportItem {
  const all = { 'agent.json': JSON.stringify(manifestOf(id, fields)), 'prompts/system.md': body, ...files }
  const source = {
    kind: 'agents',
    id,
    findings: [],
    files: Object.entries(all).map(([path, text]) =>
      path.startsWith('assets/')
        ? { path, size: text.length }
        : { path, size: Buffer.byteLength(text), text },
    ),
  }
  const { definition, findings } = checkDefinition(source, agents, ALONE)
  // Prompts of tests have any characters, hidden ones included.
  const errors = findings.filter((finding) => isError(finding) && !finding.rule.startsWith('NOFX_TEXT_'))
  if (!definition || errors.length > 0) throw new Error(JSON.stringify(errors))
  const bytes = new Map(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)]))
  return { definition, digest: 'd'.repeat(64), asset: (path) => bytes.get(path) }
}

const host = fc.constantFrom('api.example.com', '*.example.org', 'docs.example.net', 'mcp.example.com')

/** Permissions with any mix of rights. */
export const anyPermissions = fc.record(
  {
    filesystem: fc.constantFrom('none', 'read', 'write'),
    shell: fc.boolean(),
    network: fc.boolean(),
    hosts: fc.oneof(fc.constant(['*']), fc.uniqueArray(host, { maxLength: 3 })),
  },
  { requiredKeys: [] },
)

const names = fc.uniqueArray(fc.constantFrom('search', 'read_page', 'get-issue'), { maxLength: 3 })
const options = {
  timeoutMs: fc.constant(30_000),
  capabilities: fc.constant(['resources']),
  allowedTools: names,
}
const remote = fc.record(
  {
    type: fc.constantFrom('streamable-http', 'sse'),
    url: fc.constant('https://mcp.example.com/mcp'),
    headers: fc.constant({ Authorization: ref('DOCS_TOKEN') }),
    ...options,
  },
  { requiredKeys: ['type', 'url'] },
)
const program = fc.record(
  {
    type: fc.constant('stdio'),
    command: fc.constant('npx'),
    args: fc.constant(['-y', '@example/server@1.2.3']),
    env: fc.constantFrom({ LOCAL_TOKEN: ref('LOCAL_TOKEN') }, { TOKEN: ref('LOCAL_TOKEN') }),
    ...options,
  },
  { requiredKeys: ['type', 'command', 'args'] },
)

/** Servers by name, with any mix of fields. */
export const anyServers = fc.dictionary(
  fc.constantFrom('docs', 'my_tools', 'local-1'),
  fc.oneof(remote, program),
  {
    maxKeys: 3,
    noNullPrototype: true,
  },
)

type Server = { url?: string; args?: readonly string[] }

/** No two servers of an agent are the same. */
function apart(servers: Record<string, Server>): Record<string, Server> {
  return Object.fromEntries(
    Object.entries(servers).map(([name, server]) => [
      name,
      server.url === undefined
        ? { ...server, args: [...(server.args ?? []), name] }
        : { ...server, url: `https://mcp.example.com/${name}` },
    ]),
  )
}

/** A reference to a secret. */
export function ref(secret: string): string {
  return `\${${secret}}`
}

/** Permissions that cover the servers as well: an agent with servers needs them. */
export function withServers(
  permissions: Record<string, unknown>,
  servers: Record<string, { url?: string }>,
): Record<string, unknown> {
  const isRemote = Object.values(servers).some(({ url }) => url !== undefined)
  const hosts = permissions.hosts as string[] | undefined
  const needs = isRemote && !hosts?.includes('*')
  return {
    ...permissions,
    ...(isRemote ? { network: true } : {}),
    ...(needs
      ? { hosts: [...new Set([...(permissions.network ? (hosts ?? []) : []), 'mcp.example.com'])] }
      : {}),
    ...(Object.keys(servers).length > 0 ? { secrets: ['DOCS_TOKEN', 'LOCAL_TOKEN'] } : {}),
  }
}

/** An agent with any mix of permissions and servers. */
export const anyItem = fc.tuple(anyPermissions, anyServers.map(apart)).map(([permissions, servers]) =>
  itemOf('probe', {
    permissions: withServers(permissions, servers),
    ...(Object.keys(servers).length > 0 ? { mcp: { mcpServers: servers } } : {}),
  }),
)
