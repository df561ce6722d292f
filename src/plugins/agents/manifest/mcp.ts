import type { Finding, Pointer } from '../../../contract/diagnostic.ts'
import { isError } from '../../../contract/diagnostic.ts'
import { isObject } from '../../../contract/is-object.ts'
import { parseShape } from '../../../contract/manifest/accept.ts'
import { parseJson } from '../../../contract/manifest/json-text.ts'
import { zodFindings } from '../../../contract/manifest/zod-findings.ts'
import { usualMcp } from './mcp-forms.ts'
import { type CheckedMcpServer, mcpConfig, mcpServer } from './mcp-schema.ts'
import type { AgentDefinition } from './schema.ts'

/** An agent's MCP servers and the place that they were read from. `servers` is empty if they could not be read. */
export interface Mcp {
  file: string
  /** The place of `mcpServers` in `file`. */
  at: Pointer
  servers: readonly [name: string, server: CheckedMcpServer][]
  /** Findings about the file itself. */
  findings: readonly Finding[]
}

/** Levels of nesting in an MCP file, the same as in a manifest. */
const LIMITS = { depth: 32 }
const INLINE: Pointer = ['mcp', 'mcpServers']
const IN_FILE: Pointer = ['mcpServers']

/** The last result. Rules, lists and diffs ask about the same definition in turn, so its file is not parsed again. */
let last: { definition: AgentDefinition; mcp: Mcp } | undefined

/**
 * Reads the servers of an agent, inline or from the file that the manifest names. The core reports a missing file.
 */
export function readMcp(definition: AgentDefinition): Mcp {
  if (last?.definition !== definition) last = { definition, mcp: read(definition) }
  return last.mcp
}

function read(definition: AgentDefinition): Mcp {
  const { mcp } = definition.manifest
  const none = { file: definition.manifestPath, at: INLINE, servers: [], findings: [] }
  if (mcp === undefined) return none
  if (typeof mcp !== 'string') return { ...none, servers: Object.entries(mcp.mcpServers) }
  const text = definition.texts.get(mcp)
  if (text === undefined) return { ...none, file: mcp, at: IN_FILE }
  return { file: mcp, ...parseFile(text, mcp) }
}

function parseFile(text: string, file: string): Pick<Mcp, 'servers' | 'findings' | 'at'> {
  const { value, findings } = parseJson(text, file, LIMITS)
  if (findings.some(isError)) return { servers: [], findings, at: IN_FILE }
  const usual = usualMcp(value, file)
  const before = [...findings, ...usual.findings]
  const checked = parseShape(mcpConfig, usual.value)
  const { at } = usual
  if (checked.success) return { servers: Object.entries(checked.data.mcpServers), findings: before, at }
  const faults = zodFindings(checked.error.issues, mcpConfig, usual.value, file)
  return {
    servers: readableServers(usual.value),
    findings: [...before, ...faults.map((fault) => placeAt(fault, at))],
    at,
  }
}

/** A finding in `mcpServers` where the file as it is written has the servers. */
function placeAt(finding: Finding, at: Pointer): Finding {
  const [first, ...rest] = finding.pointer ?? []
  return first === 'mcpServers' ? { ...finding, pointer: [...at, ...rest] } : finding
}

/** The servers of a file that the schema refuses, as far as they can be read: rules report their faults at the same time. */
function readableServers(value: unknown): [string, CheckedMcpServer][] {
  if (!isObject(value) || !isObject(value.mcpServers)) return []
  return Object.entries(value.mcpServers).flatMap(([name, server]) => {
    const readable = readableServer(server)
    return readable ? [[name, readable] as [string, CheckedMcpServer]] : []
  })
}

/** A server without the fields that the schema refuses, or undefined if it cannot do without them. */
function readableServer(server: unknown): CheckedMcpServer | undefined {
  const checked = parseShape(mcpServer, server)
  if (checked.success) return checked.data
  if (!isObject(server)) return undefined
  const bad = checked.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys' ? issue.keys : issue.path.slice(0, 1).map(String),
  )
  // Without its variables a server's URL would get findings that are not true.
  if (bad.includes('variables')) return undefined
  const rest = Object.fromEntries(Object.entries(server).filter(([field]) => !bad.includes(field)))
  const again = parseShape(mcpServer, rest)
  return again.success ? again.data : undefined
}
