import { parseJson } from '../../core/contract/json-text.ts'
import { Failure } from '../../core/failure.ts'
import { type McpConfig, mcpConfig } from '../../plugins/agents/mcp-schema.ts'
import type { Revision } from '../definition.ts'

/** Levels of nesting in an MCP file, as in a manifest. */
const LIMITS = { depth: 32 }

/**
 * The MCP servers of a revision, inline or from the file that its manifest names.
 * @throws Failure REFUSED when that file cannot be read, which no published agent has
 */
export function mcpServersOf({
  id,
  manifest,
  texts,
}: Pick<Revision, 'id' | 'manifest' | 'texts'>): McpConfig['mcpServers'] {
  const { mcp } = manifest
  if (mcp === undefined) return {}
  const value = typeof mcp === 'string' ? parseJson(texts[mcp] ?? '', mcp, LIMITS).value : mcp
  const parsed = mcpConfig.safeParse(value)
  if (parsed.success) return parsed.data.mcpServers
  throw new Failure(
    'REFUSED',
    `the MCP settings of ${id} cannot be read`,
    `publish a new version of agents/${id}`,
  )
}
