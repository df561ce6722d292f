import type { JsonObject } from '../../contract/kind.ts'
import type { CheckedAgentManifest } from '../../plugins/agents/manifest/schema.ts'
import { gemini } from '../agents/gemini.ts'
import type { ExchangeFormat, ExportItem, WriteOptions, Written } from '../contract/format.ts'
import { joinWritten } from '../contract/write-kinds.ts'
import { writeConfigs } from '../servers/mcp-files.ts'
import { COMMAND_ROWS, GEMINI_COMMAND_PLACE, writeGeminiCommands } from '../templates/write-commands.ts'
import { PLUGIN_KINDS } from './claude-plugin.ts'
import { jsonFile, type Plugin, writePlugins } from './plugin-parts.ts'

const MANIFEST = 'gemini-extension.json'

/** Extensions of Gemini CLI: one for each definition, or one for all of them with `--bundle`. */
export const geminiExtension: ExchangeFormat = {
  id: 'gemini-extension',
  title: 'Extensions of Gemini CLI',
  kinds: PLUGIN_KINDS,
  places: [`<name>/${MANIFEST}`, '<name>/agents/', '<name>/skills/', `<name>/${GEMINI_COMMAND_PLACE}`],
  limits: [{ field: 'name', rule: 'lower-case words joined by hyphens; the folder has the same name' }],
  flags: ['bundle'],
  writes: [...(gemini.writes ?? []), ...COMMAND_ROWS],
  write: writePlugins(writeExtension),
}

async function writeExtension(plugin: Plugin, options: WriteOptions): Promise<Written> {
  const commands = plugin.items.filter(({ definition }) => definition.kind === 'templates')
  const others = plugin.items.filter(({ definition }) => definition.kind !== 'templates')
  const none = { files: [], findings: [], ledger: [] }
  const output = joinWritten([
    (await gemini.write?.(others, options)) ?? none,
    await writeGeminiCommands(commands, options),
  ])
  return { ...output, files: [jsonFile(MANIFEST, buildManifest(plugin), plugin), ...output.files] }
}

function buildManifest({ name, version, description, items }: Plugin): JsonObject {
  const agents = items.filter(({ definition }) => definition.kind === 'agents')
  const mcpServers = writeConfigs(agents, 'gemini')
  const settings = listSecrets(agents)
  return {
    name,
    version,
    description,
    ...(Object.keys(mcpServers).length > 0 ? { mcpServers } : {}),
    ...(settings.length > 0 ? { settings } : {}),
  }
}

/** A setting for each secret: the client hands only those on to servers, and keeps their values for itself. */
function listSecrets(agents: readonly ExportItem[]): JsonObject[] {
  const users = new Map<string, string[]>()
  for (const { definition } of agents) {
    const { permissions } = definition.manifest as CheckedAgentManifest
    for (const secret of permissions?.secrets ?? [])
      users.set(secret, [...(users.get(secret) ?? []), definition.id])
  }
  return [...users]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([secret, ids]) => ({
      name: secret,
      description: `Used by: ${[...new Set(ids)].join(', ')}`,
      envVar: secret,
      sensitive: true,
    }))
}
