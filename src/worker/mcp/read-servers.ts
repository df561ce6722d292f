import { Failure } from '../../contract/failure.ts'
import { type McpConfig, mcpConfig } from '../../plugins/agents/manifest/mcp-schema.ts'
import { readMcp } from '../agent.ts'
import type { WorkerRevision } from '../connection/definition.ts'

/**
 * The MCP servers of a revision, inline or from the file that its manifest names.
 * @throws Failure REFUSED when that file cannot be read; the rules of the registry keep such an agent from being
 * published
 */
export function readMcpServers({
  id,
  manifest,
  texts,
}: Pick<WorkerRevision, 'id' | 'texts'> & { manifest: { mcp?: unknown } }): McpConfig['mcpServers'] {
  if (manifest.mcp === undefined) return {}
  const parsed = mcpConfig.safeParse(readMcp({ manifest, texts }))
  if (parsed.success) return parsed.data.mcpServers
  throw new Failure(
    'REFUSED',
    `the MCP settings of ${id} cannot be read`,
    `publish a new version of agents/${id}`,
  )
}
