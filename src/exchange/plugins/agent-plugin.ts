import type { JsonObject } from '../../contract/kind.ts'
import { nameOf } from '../../contract/name.ts'
import { readMcp } from '../../plugins/agents/manifest/mcp.ts'
import type { CheckedMcpServer } from '../../plugins/agents/manifest/mcp-schema.ts'
import type { AgentDefinition } from '../../plugins/agents/manifest/schema.ts'
import type {
  ExchangeFormat,
  ExportFinding,
  ExportItem,
  FieldRow,
  WriteOptions,
  Written,
  WrittenFile,
} from '../contract/format.ts'
import { LedgerPage } from '../contract/ledger.ts'
import { exportFinding } from '../contract/rules.ts'
import { joinWritten } from '../contract/write-kinds.ts'
import { isRemote } from '../servers/server-clients.ts'
import { SKILL_ROWS, writeSkills } from '../skills/write-skills.ts'
import { PLUGIN_KINDS, writeClaudePlugin } from './claude-plugin.ts'
import { jsonFile, type Plugin, sharedFields, writePlugins } from './plugin-parts.ts'

const SCHEMAS = 'https://agent-plugins.org/schemas/1.0.0'
/** The namespace of NOFX, and the folder of definitions that the format has no place for. */
const NAMESPACE = 'dev.nofx'

const WHOLE: FieldRow = {
  field: '*',
  outcome: 'kept',
  reason: `the format has skills and servers alone: the definition is in the folder ${NAMESPACE}`,
}
const SERVER: FieldRow = { field: 'mcp.mcpServers.*', outcome: 'mapped', reason: 'a server of mcp.json' }
const LEFT_OUT: FieldRow = {
  field: 'mcp.mcpServers.*',
  outcome: 'dropped',
  reason: 'the format has no place for secrets, and for addresses with variables',
}

/** Agent Plugins 1.0.0: skills and MCP servers; agents and templates lie beside them in a folder of NOFX. */
export const agentPlugin: ExchangeFormat = {
  id: 'agent-plugin',
  title: 'Agent Plugins 1.0.0',
  kinds: PLUGIN_KINDS,
  places: ['<name>/plugin.json', '<name>/skills/', '<name>/mcp.json', `<name>/${NAMESPACE}/`],
  limits: [{ field: 'name', rule: 'at most 64 characters' }],
  flags: ['bundle', 'with'],
  writes: [WHOLE, SERVER, LEFT_OUT, ...SKILL_ROWS],
  write: writePlugins(writePlugin),
}

async function writePlugin(plugin: Plugin, options: WriteOptions): Promise<Written> {
  const skills = plugin.items.filter(({ definition }) => definition.kind === 'skills')
  const others = plugin.items.filter(({ definition }) => definition.kind !== 'skills')
  const servers = collectServers(plugin)
  const own = others.map(writeWhole)
  const output = joinWritten([await writeSkills(false)(skills, options), ...own, servers])
  const claude = options.with?.includes('claude') ? await writeClaudePlugin(plugin, options) : undefined
  const paths = new Set(output.files.map(({ path }) => path))
  const more = claude?.files.filter(({ path }) => !paths.has(path)) ?? []
  const manifest = jsonFile('plugin.json', buildManifest(plugin, others), plugin)
  return { ...output, files: [manifest, ...output.files, ...more] }
}

function buildManifest(plugin: Plugin, others: readonly ExportItem[]): JsonObject {
  const definitions = others.map(({ definition, digest, version }) => ({
    path: `./${NAMESPACE}/${nameOf(definition)}`,
    digest,
    ...(version === undefined ? {} : { version }),
  }))
  return {
    $schema: `${SCHEMAS}/plugin.schema.json`,
    ...sharedFields(plugin),
    ...(definitions.length > 0 ? { extensions: { [NAMESPACE]: { definitions } } } : {}),
  }
}

/** All files of a definition, in the folder of NOFX. */
function writeWhole({ definition, asset }: ExportItem): Written {
  const { kind, id, texts, files } = definition
  const page = new LedgerPage(nameOf(definition))
  page.note(WHOLE)
  const output = files.flatMap(({ path }): WrittenFile[] => {
    const content = texts.get(path) ?? asset(path)
    return content === undefined
      ? []
      : [{ path: `${NAMESPACE}/${kind}/${id}/${path}`, content, from: [{ kind, id }] }]
  })
  return { files: output, findings: [], ledger: page.rows }
}

/** The servers of all agents as one file. One with a secret is left out, and reported. */
function collectServers(plugin: Plugin): Written {
  const servers: JsonObject = {}
  const findings: ExportFinding[] = []
  const pages = plugin.items
    .filter(({ definition }) => definition.kind === 'agents')
    .map(({ definition }) => {
      const page = new LedgerPage(nameOf(definition))
      for (const [name, server] of readMcp(definition as AgentDefinition).servers) {
        const config = writeServer(server)
        const key = Object.hasOwn(servers, name) ? `${definition.id}-${name}` : name
        page.note(config ? SERVER : LEFT_OUT, `mcp.mcpServers.${name}`)
        if (config) servers[key] = config
        else findings.push(leftOut(definition, name))
      }
      return page
    })
  const document = { $schema: `${SCHEMAS}/mcp.schema.json`, mcpServers: servers }
  const files = Object.keys(servers).length > 0 ? [jsonFile('mcp.json', document, plugin)] : []
  return { files, findings, ledger: pages.flatMap(({ rows }) => rows) }
}

function writeServer(server: CheckedMcpServer): JsonObject | undefined {
  if (isRemote(server)) {
    const { type, url, headers, variables } = server
    const isPublic = Object.keys(headers ?? {}).length === 0 && Object.keys(variables ?? {}).length === 0
    return isPublic ? { type, url } : undefined
  }
  const { command, args = [], env } = server
  if (Object.keys(env ?? {}).length > 0 || args.some((arg) => arg.includes('${'))) return undefined
  return { type: 'stdio', command, ...(args.length > 0 ? { args } : {}) }
}

function leftOut({ kind, id, manifestPath }: ExportItem['definition'], name: string): ExportFinding {
  const place = { file: manifestPath, pointer: ['mcp'] }
  const message = `the server ${JSON.stringify(name)} is left out: Agent Plugins hold no secrets and no variables`
  return {
    ...exportFinding(
      'NOFX_EXPORT_SERVER',
      place,
      message,
      'tell the people who install it to add the server',
    ),
    of: { kind, id },
  }
}
