import { isObject } from '../../../contract/is-object.ts'
import type { JsonObject } from '../../../contract/kind.ts'

// The files of other hosts: Claude Code, Claude Desktop and Cursor (`mcpServers`, the type is optional), VS Code
// (`servers`, `inputs`, `${env:NAME}`), Copilot (`local`, `tools`), Windsurf (`serverUrl`), Gemini (`httpUrl`,
// `includeTools`, `trust`), Cline and Roo (`streamableHttp`, `autoApprove`, `disabled`), Codex (`enabled_tools`,
// `http_headers`, `mcp_servers`), Zed (`context_servers`, a command with its path), OpenCode (`mcp`, a command with its
// arguments), plugins of Claude Code (the servers alone), Continue (a list of servers), LangChain (`transport`).

/** By their letters: hosts write `streamableHttp`, `streamable_http` and `HTTP`. */
const TYPES: Readonly<Record<string, string>> = {
  streamablehttp: 'streamable-http',
  http: 'streamable-http',
  httpstream: 'streamable-http',
  remote: 'streamable-http',
  sse: 'sse',
  stdio: 'stdio',
  local: 'stdio',
  command: 'stdio',
}

/** Fields with the same meaning and the same values as a field of `mcpConfig`. */
export const RENAMED: Readonly<Record<string, string>> = {
  httpUrl: 'url',
  serverUrl: 'url',
  tools: 'allowedTools',
  includeTools: 'allowedTools',
  enabled_tools: 'allowedTools',
  http_headers: 'headers',
  environment: 'env',
  timeout_ms: 'timeoutMs',
  transport: 'type',
  transportType: 'type',
}

const isEmpty = (value: unknown) => Array.isArray(value) && value.length === 0
const isEvery = (value: unknown) => Array.isArray(value) && value.length === 1 && value[0] === '*'

/** Fields that may be removed, because their value states the default. */
export const WITHOUT_EFFECT: Readonly<Record<string, (value: unknown) => boolean>> = {
  disabled: (value) => value === false,
  enabled: (value) => value === true,
  trust: (value) => value === false,
  autoApprove: isEmpty,
  alwaysAllow: isEmpty,
  disabledTools: isEmpty,
  disabled_tools: isEmpty,
  excludeTools: isEmpty,
  tools: isEvery,
}

const remove = () => 'remove it'
const listTools = () => 'remove it, and list the tools that may be called in "allowedTools"'
const giveHeader = () =>
  `remove it, and write "headers": {"Authorization": "\${NAME}"} with NAME in permissions.secrets`

/** Fields that change what a server may do or how it is reached, with what to write here. */
export const UNSUPPORTED: Readonly<Record<string, (value: unknown) => string>> = {
  cwd: () => 'remove it; the runtime chooses the working directory',
  timeout: (value) => {
    const time = typeof value === 'number' && Number.isFinite(value) ? milliseconds(value) : undefined
    return time === undefined ? remove() : `write "timeoutMs": ${time}`
  },
  disabled: () => 'remove the server',
  enabled: () => 'remove the server',
  disabledTools: listTools,
  disabled_tools: listTools,
  excludeTools: listTools,
  oauth: giveHeader,
  auth: giveHeader,
  authProviderType: giveHeader,
  headersHelper: giveHeader,
  bearer_token_env_var: giveHeader,
  env_http_headers: giveHeader,
  envFile: () => `remove it, and write "env": {"NAME": "\${NAME}"} with NAME in permissions.secrets`,
  trust: remove,
  autoApprove: remove,
  alwaysAllow: remove,
  description: () => 'remove it, or write the text into docs.md',
  name: remove,
  title: remove,
  link: remove,
  icon: remove,
  gallery: remove,
  dev: remove,
}

/** Some hosts count seconds and others milliseconds; no server answers within a second as a limit. */
function milliseconds(value: number): number {
  return Math.round(Math.min(Math.max(value < 1000 ? value * 1000 : value, 100), 600_000))
}

/** The type of a server: the one that its type names, or the only one that its other fields allow. */
export function inferType({ type, command, url, args, env, headers }: JsonObject): string | undefined {
  const letters = typeof type === 'string' ? type.toLowerCase().replaceAll(/[-_ ]/g, '') : ''
  if (Object.hasOwn(TYPES, letters)) return TYPES[letters]
  // A command or a URL of another type than text is the schema's to refuse.
  if (command !== undefined && url === undefined) return 'stdio'
  if (command === undefined && url === undefined) {
    const isProgram = args !== undefined || env !== undefined
    if (isProgram !== (headers !== undefined)) return isProgram ? 'stdio' : 'streamable-http'
  }
  if (command !== undefined || url === undefined) return undefined
  return typeof url === 'string' && /\/sse\/?(?:[?#]|$)/.test(url) ? 'sse' : 'streamable-http'
}

/** Fields under which other hosts keep the servers. */
const WRAPPERS = ['servers', 'context_servers', 'mcp_servers', 'mcp'] as const

/** The fields that say where a server is. */
const PLACES = ['command', 'url', ...Object.keys(RENAMED).filter((field) => RENAMED[field] === 'url')]

/** Servers that are not in `mcpServers`: the fields that hold them, if any do, and the rest of the document. */
export interface MisplacedServers {
  wrappers: string[]
  servers: JsonObject
  rest: JsonObject
}

/** Finds the servers of a document without `mcpServers`: in another field, or as the fields of the document itself. */
export function findServers(document: JsonObject): MisplacedServers | undefined {
  const wrapper = WRAPPERS.find((field) => isObject(document[field]) && !isServer(document[field]))
  const { [wrapper ?? '']: wrapped, ...others } = document
  if (wrapper !== undefined && isObject(wrapped)) return unwrap(wrapper, wrapped, others)
  const fields = Object.entries(document)
  const servers = fields.filter(([, value]) => isServer(value))
  const rest = Object.fromEntries(fields.filter(([, value]) => !isServer(value)))
  return servers.length > 0 ? { wrappers: [], servers: Object.fromEntries(servers), rest } : undefined
}

/** The settings of VS Code have the servers two levels deep: `{"mcp": {"servers": …, "inputs": …}}`. */
function unwrap(wrapper: string, wrapped: JsonObject, rest: JsonObject): MisplacedServers {
  const inner = ['servers', 'mcpServers'].find(
    (field) => isObject(wrapped[field]) && !isServer(wrapped[field]),
  )
  const { [inner ?? '']: servers, ...beside } = wrapped
  return inner !== undefined && isObject(servers)
    ? { wrappers: [wrapper, inner], servers, rest: { ...beside, ...rest } }
    : { wrappers: [wrapper], servers: wrapped, rest }
}

function isServer(value: unknown): boolean {
  return isObject(value) && PLACES.some((field) => Object.hasOwn(value, field))
}

/** The type of a server whose own type is that of the other transport than its command or URL. */
export function contradictedType({ type, command, url }: JsonObject): string | undefined {
  const ownType = inferType({ type })
  const implied = inferType({ command, url })
  if (ownType === undefined || implied === undefined) return undefined
  return (ownType === 'stdio') === (implied === 'stdio') ? undefined : implied
}
