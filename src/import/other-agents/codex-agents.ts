import type { Finding } from '../../contract/diagnostic.ts'
import { isObject } from '../../contract/is-object.ts'
import type { JsonObject } from '../../contract/kind.ts'
import {
  type Foreign,
  type ForeignFile,
  type Guess,
  type ImportFormat,
  importFinding,
  type ReadOptions,
} from '../sources/format.ts'
import { makeAgent, textOf, without } from './make-agent.ts'
import { readToml } from './read-toml.ts'

/** What a sandbox lets an agent do, in the tools of Claude Code. The third level has no limit, and grants nothing. */
const SANDBOXES: Readonly<Record<string, readonly string[]>> = {
  'read-only': ['Read'],
  'workspace-write': ['Read', 'Write', 'Bash'],
}
const REQUIRED = ['name', 'description', 'developer_instructions'] as const
/** Custom agents of Codex: TOML files, most of them below folders named `agents`. */
export const codexAgents = {
  id: 'codex',
  kind: 'agents',
  manifestFile: 'agent.json',
  extension: '.toml',
  usesPlugin: false,
  matches: (path) => /(?:^|\/)agents\/(?:[^./][^/]*\/)*[^./][^/]*\.toml$/.test(path),
  recognises: (text) => /^developer_instructions[ \t]*=/m.test(text) && /^description[ \t]*=/m.test(text),
  stray: (_path, text) =>
    /^(?:developer_instructions|description|name)[ \t]*=/m.test(text)
      ? undefined
      : 'it has no field of an agent',
  read: readCodex,
} satisfies ImportFormat

async function readCodex(file: ForeignFile, options: ReadOptions): Promise<Foreign> {
  const toml = await readToml(file)
  if (!toml.ok) return { ok: false, findings: [toml.finding] }
  const fields = toml.data
  const missing = REQUIRED.filter((name) => textOf(fields[name]) === undefined)
  if (missing.length > 0) return { ok: false, findings: missing.map((name) => lacks(file, name)) }
  const { model, mapped, guesses } = readModel(fields)
  const tools = askedTools(fields)
  const matter = {
    data: { name: fields.name, description: fields.description },
    body: String(fields.developer_instructions),
    loose: [],
    findOffset: () => 0,
  }
  const mcpServers = readServers(fields.mcp_servers)
  const powers = { ...(tools && { tools }), ...(mcpServers.length > 0 && { mcpServers }) }
  const keptFields = without(fields, [...REQUIRED, ...mapped])
  return makeAgent(file.path, { matter, model, powers, keptFields, guesses }, options)
}

function lacks(file: ForeignFile, name: string): Finding {
  const message = `${name} is missing, blank or not text`
  return importFinding('NOFX_IMPORT_FIELD', { file: file.path, offset: 0 }, message, `add: ${name} = "…"`)
}

/** The model, and the fields that it is made of. */
function readModel({ model, model_reasoning_effort: effort }: JsonObject): {
  model?: JsonObject
  mapped: string[]
  guesses: Guess[]
} {
  const name = textOf(model)
  if (name === undefined) return { mapped: [], guesses: [] }
  const hasEffort = textOf(effort) !== undefined
  const params = hasEffort ? { params: { reasoningEffort: effort } } : {}
  const why = 'the original tool has the models of one provider'
  return {
    model: { provider: 'openai', name, ...params },
    mapped: ['model', ...(hasEffort ? ['model_reasoning_effort'] : [])],
    guesses: [{ field: 'model.provider', what: 'openai', why }],
  }
}

/** The tools that the sandbox, the search and the servers stand for; undefined where the client decides. */
function askedTools({
  sandbox_mode: sandbox,
  web_search: web,
  mcp_servers: servers,
}: JsonObject): string[] | undefined {
  const level =
    typeof sandbox === 'string' && Object.hasOwn(SANDBOXES, sandbox) ? SANDBOXES[sandbox] : undefined
  if (!level) return undefined
  const mcp = isObject(servers)
    ? Object.entries(servers).flatMap(([name, server]) => listServerTools(name, server))
    : []
  return [...level, ...(web === 'live' || web === true ? ['WebFetch'] : []), ...mcp]
}

function listServerTools(name: string, server: unknown): string[] {
  const allowed = isObject(server) ? server.enabled_tools : undefined
  return Array.isArray(allowed) ? allowed.map((tool) => `mcp__${name}__${tool}`) : [`mcp__${name}`]
}

/** Servers in the words of Claude Code. One with a field that has no equal is only named, and so it is not made. */
function readServers(servers: unknown): unknown[] {
  if (!isObject(servers)) return []
  return Object.entries(servers).map(([name, server]) => {
    const config = isObject(server) ? readServer(server) : undefined
    return config ? { [name]: config } : name
  })
}

function readServer(server: Record<string, unknown>): JsonObject | undefined {
  const { url, command, args, env, env_vars: names, http_headers: plain, env_http_headers: headers } = server
  const {
    bearer_token_env_var: bearer,
    enabled_tools: tools,
    tool_timeout_sec: _,
    startup_timeout_sec: __,
    ...rest
  } = server
  const serverFields = ['url', 'command', 'args', 'env', 'env_vars', 'http_headers', 'env_http_headers']
  if (bearer !== undefined || Object.keys(rest).some((field) => !serverFields.includes(field)))
    return undefined
  const all = Array.isArray(tools) && tools.length > 0 ? { tools: tools.map(String) } : {}
  const secrets = (values: unknown) =>
    Object.entries(isObject(values) ? values : {}).map(([key, name]) => [key, `\${${name}}`])
  if (url !== undefined)
    return {
      type: 'http',
      url,
      headers: { ...(isObject(plain) ? plain : {}), ...Object.fromEntries(secrets(headers)) },
      ...all,
    }
  const passedVariables = Object.fromEntries(
    (Array.isArray(names) ? names : []).map((name) => [String(name), `\${${name}}`]),
  )
  return {
    type: 'stdio',
    command,
    ...(args === undefined ? {} : { args }),
    env: { ...(isObject(env) ? env : {}), ...passedVariables },
    ...all,
  }
}
