import type { Kind } from '../../../src/contract/kind.ts'
import { readyTools } from '../../../src/mcp/tools/all-tools.ts'
import { DATA_OF_OTHERS } from '../../../src/mcp/tools/inputs.ts'
import type { Tool } from '../../../src/mcp/tools/tool.ts'
import { table } from './table.ts'

const CALLERS: Record<Tool['access'], string> = {
  public: 'all',
  publisher: 'publishers',
  write: 'publishers; over stdio only with `--allow-writes`',
}

/** The tools of the MCP server. */
export function toolTable(kinds: readonly Kind[]): string {
  const tools = readyTools(
    kinds.map(({ id, singular, instantiate }) => ({
      id,
      singular,
      canInstantiate: instantiate !== undefined,
    })),
  )
  const rows = [...tools.values()].map(({ tool: { name, description, access } }) => [
    `\`${name}\``,
    description.replace(DATA_OF_OTHERS, '').trim(),
    CALLERS[access],
  ])
  return table(['tool', 'what it does', 'callers'], rows)
}
