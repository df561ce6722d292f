import type { FieldRow } from '../contract/format.ts'

const AT = 'mcp.mcpServers.*'

/** What an export can do with the fields of an agent's MCP servers. */
export const SERVER_ROWS = {
  transport: { field: `${AT}.type`, outcome: 'mapped', reason: 'the client’s own word for the transport' },
  url: { field: `${AT}.url`, outcome: 'mapped', reason: 'the same' },
  filledUrl: {
    field: `${AT}.url`,
    outcome: 'approximated',
    reason: 'with the defaults of its variables, which the client does not have',
  },
  askedUrl: { field: `${AT}.url`, outcome: 'mapped', reason: 'with an input for each variable' },
  variables: { field: `${AT}.variables`, outcome: 'mapped', reason: 'an input, or the default in the URL' },
  command: { field: `${AT}.command`, outcome: 'mapped', reason: 'the same' },
  args: { field: `${AT}.args`, outcome: 'mapped', reason: 'the same, secrets in the client’s notation' },
  secrets: {
    field: `${AT}.headers`,
    outcome: 'mapped',
    reason: 'each value names its secret in the client’s notation',
  },
  env: {
    field: `${AT}.env`,
    outcome: 'mapped',
    reason: 'each value names its secret in the client’s notation',
  },
  allowed: { field: `${AT}.allowedTools`, outcome: 'mapped', reason: 'the client’s own list of tools' },
  allowedElsewhere: {
    field: `${AT}.allowedTools`,
    outcome: 'mapped',
    reason: 'among the agent’s tools',
  },
  unlimited: {
    field: `${AT}.allowedTools`,
    outcome: 'dropped',
    reason: 'the client has no list of tools here: every tool of the server may be called',
    limits: true,
  },
  timeout: { field: `${AT}.timeoutMs`, outcome: 'mapped', reason: 'the client’s own unit' },
  noTimeout: { field: `${AT}.timeoutMs`, outcome: 'dropped', reason: 'the client has no such field' },
  progress: {
    field: `${AT}.resetTimeoutOnProgress`,
    outcome: 'dropped',
    reason: 'the client decides',
  },
  capabilities: {
    field: `${AT}.capabilities`,
    outcome: 'dropped',
    reason: 'the client decides what a server may offer beside tools',
  },
  leftOut: {
    field: AT,
    outcome: 'dropped',
    reason:
      'the client cannot start it: a URL variable has no default, or a secret has no place in the client’s words',
  },
  noServers: {
    field: 'mcp',
    outcome: 'dropped',
    reason: 'agents have no servers of their own there: nofx export mcp writes a file for the client',
  },
  origin: {
    field: `${AT}.from`,
    outcome: 'dropped',
    reason: 'the client knows no registry; the entry says what the server is',
  },
  renamed: {
    field: AT,
    outcome: 'approximated',
    reason: 'under another name, because the client refuses this one or another server has it',
  },
} as const satisfies Record<string, FieldRow>
