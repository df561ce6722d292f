import type { FieldRow } from '../contract/format.ts'

const TOOLS = 'a server is for every agent: write allowedTools beside it in the mcp.json of an agent'

/** What becomes of the fields of an entry. */
export const MCP_READ = {
  name: { field: 'name', outcome: 'approximated', reason: 'the name, below the namespace of --namespace' },
  version: {
    field: 'version',
    outcome: 'approximated',
    reason: '0.0.0, because the entry has no exact version',
  },
  url: { field: 'url', outcome: 'mapped', reason: 'remotes.url' },
  type: { field: 'type', outcome: 'mapped', reason: 'the transport of the remote or of the package' },
  command: { field: 'command', outcome: 'mapped', reason: 'packages.registryType and runtimeHint' },
  args: {
    field: 'args',
    outcome: 'mapped',
    reason: 'packages.identifier, version, runtimeArguments and packageArguments',
  },
  env: { field: 'env', outcome: 'mapped', reason: 'packages.environmentVariables' },
  headers: { field: 'headers', outcome: 'mapped', reason: 'remotes.headers' },
  description: { field: 'description', outcome: 'mapped', reason: 'description, up to 100 characters' },
  secret: {
    field: 'secret',
    outcome: 'dropped',
    reason: 'the value of a secret: the user of the server gives it',
  },
  tools: { field: 'tools', outcome: 'kept', reason: TOOLS },
  client: { field: 'timeout', outcome: 'kept', reason: 'the client decides' },
  rest: {
    field: '*',
    outcome: 'dropped',
    reason: 'server.json has no such field, and its value may be a secret',
  },
} as const satisfies Record<string, FieldRow>

/** The fields of each client by what becomes of them. */
export const FIELD_ROWS: ReadonlyMap<string, FieldRow> = new Map<string, FieldRow>([
  ...['url', 'httpUrl', 'http_url', 'serverUrl'].map((field) => [field, MCP_READ.url] as const),
  ['type', MCP_READ.type],
  ['transport', MCP_READ.type],
  ['command', MCP_READ.command],
  ['args', MCP_READ.args],
  ['env', MCP_READ.env],
  ['env_vars', MCP_READ.env],
  ['headers', MCP_READ.headers],
  ['http_headers', MCP_READ.headers],
  ['env_http_headers', MCP_READ.headers],
  ['bearer_token_env_var', MCP_READ.headers],
  ['description', MCP_READ.description],
  ...[
    'tools',
    'allowedTools',
    'disabledTools',
    'autoApprove',
    'alwaysAllow',
    'enabled_tools',
    'disabled_tools',
    'includeTools',
    'excludeTools',
  ].map((field) => [field, MCP_READ.tools] as const),
  ...[
    'timeout',
    'tool_timeout_sec',
    'startup_timeout_sec',
    'startup_timeout_ms',
    'trust',
    'enabled',
    'disabled',
    'required',
    'gallery',
  ].map((field) => [field, MCP_READ.client] as const),
])
