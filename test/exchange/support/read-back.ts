import { parse as parseToml } from 'smol-toml'
import { parse as parseYaml } from 'yaml'
import type { Powers } from '../../../src/exchange/clients/powers.ts'
import { levelPowers } from '../../../src/exchange/clients/sandbox.ts'
import { powersFor, TOOLS, type ToolClient } from '../../../src/exchange/clients/tools.ts'

type Fields = Record<string, unknown>

/** What a client understands of a file: what the agent may do, and the tools of each server that it may call. */
export interface ReadBack {
  powers: Powers
  /** `*` is every tool. */
  serverTools: Record<string, string[]>
  body: string
  fields: Fields
}

/** Front matter and body, as clients part them. */
export function readMatter(text: string): { fields: Fields; body: string } {
  const [, front = '', body = ''] = /^---\n([\s\S]*?)^---\n([\s\S]*)$/m.exec(text) ?? []
  return { fields: parseYaml(front) as Fields, body }
}

function readList(client: ToolClient, text: string): ReadBack {
  const { fields, body } = readMatter(text)
  const list = fields.tools
  if (list === undefined)
    return {
      powers: { filesystem: 'write', shell: true, hosts: ['*'] },
      serverTools: { any: ['*'] },
      body,
      fields,
    }
  const tools = typeof list === 'string' ? list.split(/,\s*/) : (list as string[])
  return { powers: powersFor(client, tools), serverTools: toolsByServer(client, tools, fields), body, fields }
}

function toolsByServer(
  client: ToolClient,
  tools: readonly string[],
  fields: Fields,
): Record<string, string[]> {
  const described = fields.mcpServers ?? fields['mcp-servers'] ?? fields.mcp_servers ?? {}
  const servers = Object.keys(
    Array.isArray(described) ? Object.assign({}, ...described) : (described as object),
  )
  const { serverTool } = TOOLS[client]
  return Object.fromEntries(
    servers.map((server) => {
      const start = serverTool(server, '')
      const own = tools.filter((tool) => tool.startsWith(start)).map((tool) => tool.slice(start.length))
      return [server, tools.includes(serverTool(server)) ? ['*'] : own]
    }),
  )
}

/** Reads a file as its client does. */
export const READ_BACK: Record<string, (text: string) => ReadBack> = {
  claude: (text) => readList('claude', text),
  copilot: (text) => readList('copilot', text),
  gemini: (text) => readList('gemini', text),
  codex(text) {
    const fields = parseToml(text) as Fields
    const servers = (fields.mcp_servers ?? {}) as Record<string, { enabled_tools?: string[] }>
    const isFull = fields.sandbox_mode === 'workspace-write'
    return {
      powers: levelPowers(isFull, fields.web_search === 'live'),
      serverTools: Object.fromEntries(
        Object.entries(servers).map(([name, { enabled_tools: tools }]) => [name, tools ?? ['*']]),
      ),
      body: String(fields.developer_instructions),
      fields,
    }
  },
  cursor(text) {
    const { fields, body } = readMatter(text)
    return { powers: levelPowers(fields.readonly === false, false), serverTools: {}, body, fields }
  },
}
