import { isObject } from '../../contract/is-object.ts'
import type { JsonObject } from '../../contract/kind.ts'
import { TOOLS } from '../../exchange/clients/tools.ts'
import { findFront, hasField, isBelow, looksLikeAgent, strayInAgents } from '../sources/claude-files.ts'
import {
  type Foreign,
  type ForeignFile,
  type ImportFormat,
  importFinding,
  type ReadOptions,
} from '../sources/format.ts'
import { readFrontMatter } from '../sources/front-matter.ts'
import { makeAgent, textOf, without } from './make-agent.ts'

const MINUTE = 60_000
const MAX_MINUTES = 1440
const OWN_FIELDS = [
  'display_name',
  'mcp_servers',
  'max_turns',
  'timeout_mins',
  'agent_card_url',
  'agent_card_json',
]

/** Subagents of Gemini CLI: Markdown in `.gemini/agents`, or with fields that only Gemini CLI has. */
export const geminiAgents = {
  id: 'gemini',
  kind: 'agents',
  manifestFile: 'agent.json',
  extension: '.md',
  usesPlugin: false,
  matches: (path) => /(?:^|\/)\.gemini\//.test(path) && isBelow('agents', path),
  recognises: (text, path) => isBelow('agents', path) && isGeminis(text),
  isSure: isGeminis,
  stray: strayInAgents,
  read: readGemini,
} satisfies ImportFormat

function isGeminis(text: string): boolean {
  const front = looksLikeAgent(text) ? findFront(text) : undefined
  if (front === undefined) return false
  return (
    OWN_FIELDS.some((name) => hasField(front, name)) || /^kind:[ \t]*["']?(?:local|remote)\b/m.test(front)
  )
}

async function readGemini(file: ForeignFile, options: ReadOptions): Promise<Foreign> {
  const matter = await readFrontMatter(file)
  if ('rule' in matter) return { ok: false, findings: [matter] }
  const { data, body } = matter
  if (data.kind !== undefined && data.kind !== 'local') {
    const place = { file: file.path, offset: matter.findOffset('kind') }
    const message = `the agent is ${JSON.stringify(data.kind)}: it runs elsewhere, and the file has no prompt`
    return {
      ok: false,
      findings: [importFinding('NOFX_IMPORT_FORMAT', place, message, 'import local agents')],
    }
  }
  const { model, isWhole } = readModel(data)
  const minutes = readMinutes(data.timeout_mins)
  const mapped = ['name', 'description', 'kind', ...(textOf(data.display_name) ? ['display_name'] : [])]
  if (isWhole) mapped.push('model', 'temperature')
  if (minutes !== undefined) mapped.push('timeout_mins')
  return makeAgent(
    file.path,
    {
      // An export writes this backslash, because the client fills in names.
      matter: { ...matter, body: body.replace(/\$\\\{(?=\w+\})/g, '${') },
      title: textOf(data.display_name),
      model,
      powers: { ...without(data, ['mcp_servers', 'tools']), ...readTools(data) },
      fields: minutes === undefined ? {} : { resourceProfile: { timeoutMs: minutes * MINUTE } },
      keptFields: without(data, mapped),
    },
    options,
  )
}

function readModel({ model, temperature }: JsonObject): { model?: JsonObject; isWhole: boolean } {
  const name = textOf(model)
  const isDegree = typeof temperature === 'number' && temperature >= 0 && temperature <= 2
  const isKnown = name !== undefined && name !== 'inherit'
  if (!isKnown) return { isWhole: temperature === undefined && (model === undefined || name === 'inherit') }
  const params = isDegree ? { params: { temperature } } : {}
  return { model: { provider: 'google', name, ...params }, isWhole: isDegree || temperature === undefined }
}

function readMinutes(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= MAX_MINUTES
    ? value
    : undefined
}

/** Tools and servers in the words of Claude Code. A tool that is unknown stays as it is, and grants nothing. */
function readTools({ tools, mcp_servers: servers }: JsonObject): JsonObject {
  const names = isObject(servers) ? Object.keys(servers) : []
  const mcpServers = isObject(servers)
    ? Object.entries(servers).map(([name, one]) => readServer(name, one))
    : []
  const described = mcpServers.length > 0 ? { mcpServers } : {}
  if (!Array.isArray(tools)) return { ...(tools === undefined ? {} : { tools }), ...described }
  return { tools: tools.flatMap((tool) => translate(String(tool), names)), ...described }
}

function translate(tool: string, servers: readonly string[]): string[] {
  const { claude, gemini } = TOOLS
  if (gemini.harmless.includes(tool)) return []
  for (const group of ['read', 'write', 'shell', 'web'] as const)
    if ([...gemini[group].writes, ...gemini[group].knows].includes(tool))
      return claude[group].writes.slice(0, 1)
  const server = servers.find((name) => tool.startsWith(gemini.serverTool(name, '')))
  // The other words for tools are not this client's: one that it does not know grants nothing.
  if (server === undefined) return [tool === '*' ? tool : `gemini/${tool}`]
  const own = tool.slice(gemini.serverTool(server, '').length)
  return [claude.serverTool(server, own === '*' ? undefined : own)]
}

/** One with a field that has no equal is only named, and so it is not made. */
function readServer(name: string, server: unknown): unknown {
  if (!isObject(server)) return name
  const {
    http_url: http,
    url,
    command,
    args,
    env,
    headers,
    include_tools: tools,
    timeout: _,
    description: __,
    ...rest
  } = server
  if (Object.keys(rest).length > 0) return name
  const all = Array.isArray(tools) && tools.length > 0 ? { tools: tools.map(String) } : {}
  if (http !== undefined || url !== undefined)
    return { [name]: { type: http === undefined ? 'sse' : 'http', url: http ?? url, headers, ...all } }
  return { [name]: { type: 'stdio', command, ...(args === undefined ? {} : { args }), env, ...all } }
}
