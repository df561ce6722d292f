import { claude } from '../agents/claude.ts'
import type { ExchangeFormat, FieldRow, WriteOptions, Written } from '../contract/format.ts'
import { mcpFiles } from '../servers/mcp-files.ts'
import { jsonFile, type Plugin, sharedFields, writePlugins } from './plugin-parts.ts'

/** The kinds that a plugin of Claude Code holds. */
export const PLUGIN_KINDS = ['agents', 'skills', 'templates'] as const

/** What becomes of each field; a server of an agent is in the plugin's own file as well. */
export const CLAUDE_ROWS: readonly FieldRow[] = claude.writes ?? []

/** Plugins of Claude Code: one for each definition, or one for all of them with `--bundle`. */
export const claudePlugin: ExchangeFormat = {
  id: 'claude-plugin',
  title: 'Plugins of Claude Code',
  kinds: PLUGIN_KINDS,
  places: [
    '<name>/.claude-plugin/plugin.json',
    '<name>/agents/',
    '<name>/skills/',
    '<name>/commands/',
    '<name>/.mcp.json',
  ],
  limits: [{ field: 'name', rule: 'lower-case words joined by hyphens' }],
  flags: ['bundle'],
  writes: CLAUDE_ROWS,
  write: writePlugins(writeClaudePlugin),
}

/** The files of one plugin, relative to its folder. */
export async function writeClaudePlugin(plugin: Plugin, options: WriteOptions): Promise<Written> {
  const output = await claude.write?.(plugin.items, options)
  const agents = plugin.items.filter(({ definition }) => definition.kind === 'agents')
  // Its rows are those of the agents, whose files name the servers too.
  const servers = await mcpFiles.write?.(agents, { ...options, client: 'claude' })
  const manifest = jsonFile('.claude-plugin/plugin.json', sharedFields(plugin), plugin)
  const { files = [], findings = [], ledger = [] } = output ?? {}
  return { files: [manifest, ...files, ...(servers?.files ?? [])], findings, ledger }
}
