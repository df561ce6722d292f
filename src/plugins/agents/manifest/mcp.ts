import type { Finding, Pointer } from '../../../contract/diagnostic.ts'
import { isError } from '../../../contract/diagnostic.ts'
import { parseShape } from '../../../contract/manifest/accept.ts'
import { parseJson } from '../../../contract/manifest/json-text.ts'
import { zodFindings } from '../../../contract/manifest/zod-findings.ts'
import { type McpServer, mcpConfig } from './mcp-schema.ts'
import type { AgentDefinition } from './schema.ts'

/** An agent's MCP servers and the place that they were read from. `servers` is empty if they could not be read. */
export interface Mcp {
  file: string
  /** The place of `mcpServers` in `file`. */
  at: Pointer
  servers: readonly [name: string, server: McpServer][]
  /** Findings about the file itself. */
  findings: readonly Finding[]
}

/** Types in the spelling of other hosts, and the equivalents here. */
const OTHER_TYPES: Readonly<Record<string, string>> = {
  http: 'streamable-http',
  'http-stream': 'streamable-http',
  streamableHttp: 'streamable-http',
  streamable_http: 'streamable-http',
  local: 'stdio',
  command: 'stdio',
}

/** Levels of nesting in an MCP file, the same as in a manifest. */
const LIMITS = { depth: 32 }
const INLINE: Pointer = ['mcp', 'mcpServers']
const IN_FILE: Pointer = ['mcpServers']

/** The last result. Rules, lists and diffs ask about the same definition in turn, so its file is not parsed again. */
let last: { item: AgentDefinition; mcp: Mcp } | undefined

/**
 * Reads the servers of an agent, inline or from the file that the manifest names. The core reports a missing file.
 */
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
  if (findings.some(isError)) return { servers: [], findings }
  const checked = parseShape(mcpConfig, value)
  if (checked.success) return { servers: Object.entries(checked.data.mcpServers), findings }
  return {
    servers: [],
    findings: [...findings, ...withTypes(zodFindings(checked.error.issues, mcpConfig, value, file), value)],
  }
}

/** Adds hints to findings about `type`, which other hosts omit or name differently: the hint is the line to write. */
function withTypes(findings: readonly Finding[], value: unknown): Finding[] {
  return findings.map((finding) => {
    const { pointer = [], absent, rule } = finding
    const isType = rule === 'NOFX_FIELD_REQUIRED' ? absent === 'type' : pointer.at(-1) === 'type'
    if (!isType || pointer[0] !== 'mcpServers') return finding
    const type = typeOf(valueAt(value, pointer.slice(0, 2)))
    return type === undefined ? finding : { ...finding, hint: `write "type": "${type}"` }
  })
}

/** The only possible type of a server: a command to start, or a URL. */
function typeOf(server: unknown): string | undefined {
  if (typeof server !== 'object' || server === null) return undefined
  const { type, command, url } = server as { type?: unknown; command?: unknown; url?: unknown }
  if (typeof type === 'string' && Object.hasOwn(OTHER_TYPES, type)) return OTHER_TYPES[type]
  if (typeof command === 'string' && url === undefined) return 'stdio'
  return typeof url === 'string' && command === undefined ? 'streamable-http' : undefined
}

function valueAt(value: unknown, pointer: Pointer): unknown {
  return pointer.reduce<unknown>(
    (inside, key) =>
      typeof inside === 'object' && inside !== null && Object.hasOwn(inside, key)
        ? (inside as Record<string | number, unknown>)[key]
        : undefined,
    value,
  )
}
