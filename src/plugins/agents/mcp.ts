import { parseShape } from '../../core/contract/accept.ts'
import { parseJson } from '../../core/contract/json-text.ts'
import { zodFindings } from '../../core/contract/zod-findings.ts'
import type { Finding, Pointer } from '../../core/diagnostic.ts'
import { type McpServer, mcpConfig } from './mcp-schema.ts'
import type { AgentDefinition } from './schema.ts'

/** An agent's MCP servers with the place they were read from. `servers` is empty when they could not be read. */
export interface Mcp {
  file: string
  /** Where `mcpServers` stands in `file`. */
  at: Pointer
  servers: readonly [name: string, server: McpServer][]
  /** What was wrong with the file itself. */
  findings: readonly Finding[]
}

/** Levels of nesting in an MCP file, as in a manifest. */
const LIMITS = { depth: 32 }
const INLINE: Pointer = ['mcp', 'mcpServers']
const IN_FILE: Pointer = ['mcpServers']

/** Rules, lists and diffs ask about one definition in turn: remembering the last one saves parsing its file again. */
let last: { item: AgentDefinition; mcp: Mcp } | undefined

/** Reads the servers of an agent, inline or from the file that the manifest names. A missing file is core's finding. */
export function readMcp(item: AgentDefinition): Mcp {
  if (last?.item !== item) last = { item, mcp: read(item) }
  return last.mcp
}

function read(item: AgentDefinition): Mcp {
  const { mcp } = item.manifest
  const none = { file: item.manifestPath, at: INLINE, servers: [], findings: [] }
  if (mcp === undefined) return none
  if (typeof mcp !== 'string') return { ...none, servers: Object.entries(mcp.mcpServers) }
  const text = item.texts.get(mcp)
  if (text === undefined) return { ...none, file: mcp, at: IN_FILE }
  return { file: mcp, at: IN_FILE, ...parseFile(text, mcp) }
}

function parseFile(text: string, file: string): Pick<Mcp, 'servers' | 'findings'> {
  const { value, findings } = parseJson(text, file, LIMITS)
  if (findings.some(({ severity }) => severity === 'error')) return { servers: [], findings }
  const checked = parseShape(mcpConfig, value)
  if (checked.success) return { servers: Object.entries(checked.data.mcpServers), findings }
  return {
    servers: [],
    findings: [...findings, ...zodFindings(checked.error.issues, mcpConfig, value, file)],
  }
}
