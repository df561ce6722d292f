import type { JsonObject, Status } from '../contract/kind.ts'

/**
 * The manifest of a published agent (`agent.json`), with renamed fields under their current names. A field that the
 * author left out is absent. A test compares this type with the schema that validates manifests.
 */
export interface AgentManifest {
  $schema?: string
  schemaVersion?: '1'
  agentId: string
  name: string
  description: string
  version?: string
  status?: Status
  owner?: string
  license?: string
  repository?: { url: string; source?: string; subfolder?: string }
  tags?: string[]
  exampleSecrets?: string[]
  metadata?: JsonObject
  skills?: AgentSkill[]
  model?: { provider?: string; name: string; params?: AgentModelParameters }
  /** A prompt's file, or the file with its role and variables. */
  prompts?: Record<string, string | AgentPromptEntry>
  /** The path of the file with the MCP servers, or the servers themselves; `Agent.mcp` has them in either case. */
  mcp?: string | AgentMcp
  /** A preset of limits, or limits of a run. */
  resourceProfile?: 'small' | 'standard' | 'large' | AgentLimits
  permissions?: AgentPermissions
  /** JSON Schema 2020-12 of the input. */
  inputSchema?: JsonObject
  /** JSON Schema 2020-12 of the output. */
  outputSchema?: JsonObject
  dependencies?: {
    agents?: (string | { agentId: string; range?: string })[]
    skills?: string[]
    packages?: string[]
  }
  compatibility?: { worker?: string }
  deprecation?: { message: string; replacedBy?: string; sunsetAt?: string }
  evals?: { suite: string; minPassRate?: number }
}

export interface AgentSkill {
  id: string
  name: string
  description: string
  tags?: string[]
  examples?: string[]
  inputModes?: string[]
  outputModes?: string[]
}

/** Parameters of each call to the model; a provider's own may be among them. */
export interface AgentModelParameters {
  temperature?: number
  maxOutputTokens?: number
  [parameter: string]: unknown
}

export interface AgentPromptEntry {
  path: string
  role?: 'system' | 'user' | 'assistant'
  variables?: (string | { name: string; description?: string; default?: string })[]
}

/** Limits of a run. Units: cores, MiB, devices, milliseconds, tokens, calls, US dollars, concurrent runs. */
export interface AgentLimits {
  cpu?: number
  memoryMb?: number
  gpu?: number
  timeoutMs?: number
  maxTokens?: number
  maxToolCalls?: number
  maxCostUsd?: number
  maxConcurrency?: number
}

export interface AgentPermissions {
  network?: boolean
  hosts?: string[]
  filesystem?: 'none' | 'read' | 'write'
  shell?: boolean
  /** Names of secrets, never their values. */
  secrets?: string[]
}

/** MCP servers by name, with the names of secrets in place of their values. */
export interface AgentMcp {
  mcpServers: Record<string, McpServer>
}

export type McpServer = RemoteMcpServer | StdioMcpServer

interface McpLimits {
  allowedTools?: string[]
  capabilities?: ('resources' | 'prompts' | 'sampling' | 'elicitation' | 'roots')[]
  timeoutMs?: number
  resetTimeoutOnProgress?: boolean
}

export interface RemoteMcpServer extends McpLimits {
  type: 'streamable-http' | 'sse'
  url: string
  headers?: Record<string, string>
  variables?: Record<string, { description?: string; default?: string; choices?: string[] }>
}

export interface StdioMcpServer extends McpLimits {
  type: 'stdio'
  command: string
  args?: string[]
  env?: Record<string, string>
}
