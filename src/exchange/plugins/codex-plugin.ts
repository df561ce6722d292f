import type { JsonObject } from '../../contract/kind.ts'
import { codex } from '../agents/codex.ts'
import type { ExchangeFormat, WriteOptions, Written } from '../contract/format.ts'
import { joinWritten } from '../contract/write-kinds.ts'
import { writeConfigs } from '../servers/mcp-files.ts'
import { below, dividePlugins, jsonFile, type Plugin, sharedFields } from './plugin-parts.ts'

const MANIFEST = '.codex-plugin/plugin.json'
/** Agents are no part of a plugin: the client looks for them here. */
const AGENTS = '.codex'
const NONE: Written = { files: [], findings: [], ledger: [] }

/** Plugins of Codex: one for each definition, or one for all of them with `--bundle`; agents lie beside them. */
export const codexPlugin: ExchangeFormat = {
  id: 'codex-plugin',
  title: 'Plugins of Codex',
  kinds: ['agents', 'skills'],
  places: [`<name>/${MANIFEST}`, '<name>/skills/', `${AGENTS}/agents/`],
  limits: [{ field: 'version', rule: 'strict semver' }],
  flags: ['bundle'],
  writes: codex.writes ?? [],
  async write(items, options) {
    const agents = items.filter(({ definition }) => definition.kind === 'agents')
    const beside = (await codex.write?.(agents, options)) ?? NONE
    const parts = await Promise.all(dividePlugins(items, options).map((one) => writePlugin(one, options)))
    return joinWritten([{ ...beside, files: below(AGENTS, beside.files) }, ...parts])
  },
}

/** The plugin of skills and servers; an agent without servers needs none. */
async function writePlugin(plugin: Plugin, options: WriteOptions): Promise<Written> {
  const skills = plugin.items.filter(({ definition }) => definition.kind === 'skills')
  const agents = plugin.items.filter(({ definition }) => definition.kind === 'agents')
  const mcpServers = writeConfigs(agents, 'codex')
  if (skills.length === 0 && Object.keys(mcpServers).length === 0) return NONE
  const output = (await codex.write?.(skills, options)) ?? NONE
  const manifest = jsonFile(MANIFEST, buildManifest(plugin, skills.length > 0, mcpServers), plugin)
  return {
    ...output,
    files: below(options.bundle === undefined ? plugin.name : '', [manifest, ...output.files]),
  }
}

function buildManifest(plugin: Plugin, hasSkills: boolean, mcpServers: JsonObject): JsonObject {
  const { name, description, owner = name } = plugin
  return {
    author: { name: owner },
    ...sharedFields(plugin),
    ...(hasSkills ? { skills: './skills' } : {}),
    ...(Object.keys(mcpServers).length > 0 ? { mcpServers } : {}),
    interface: {
      displayName: name,
      shortDescription: description.split('\n')[0]?.slice(0, 128) || name,
      longDescription: description,
      developerName: owner,
      category: 'Productivity',
      capabilities: ['Interactive'],
      defaultPrompt: `Use ${name}.`,
    },
  }
}
