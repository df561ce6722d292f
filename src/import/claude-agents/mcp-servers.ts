import { isObject } from '../../contract/is-object.ts'
import type { JsonObject } from '../../contract/kind.ts'
import type { Guess } from '../sources/format.ts'
import { foldField, isDenied, type Restrictions } from './restrictions.ts'
import { foldTool } from './tool-groups.ts'

/** MCP servers of a source's own front matter, as a manifest has them. */
export interface Servers {
  /** `mcpServers` by name. */
  config: JsonObject
  /** What permissions need for them. */
  hosts: string[]
  secrets: string[]
  /** Whether all servers of the source were made. */
  isWhole: boolean
  guesses: Guess[]
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/
const REMOTE = new Set(['http', 'streamablehttp', 'httpstream', 'sse'])
/** A value that the original tool takes from its environment. */
const REFERENCE =
  /^\$(?:\{(?:env:)?([A-Za-z_]\w{0,63})\}|([A-Za-z_]\w{0,63})|\{\{\s*secrets\.([A-Za-z_]\w{0,63})\s*\}\})$/

/**
 * Makes servers of those that a source describes. One of which the source denies something, or names no tool although it
 * lists its tools, is not made: it would allow more than the source does.
 */
export function readServers(
  data: JsonObject,
  tools: readonly string[] | undefined,
  limits: Restrictions,
): Servers {
  const servers: Servers = { config: {}, hosts: [], secrets: [], isWhole: true, guesses: [] }
  const entries = Object.entries(data)
    .filter(([field]) => foldField(field) === 'mcpservers')
    .flatMap(([, value]) => listEntries(value))
  for (const [name, config] of entries) {
    const allowed = allowedTools(name, config, tools)
    const server = isOpen(name, limits) && allowed !== 'none' ? readServer(servers, name, config) : undefined
    if (!server) servers.isWhole = false
    else servers.config[name] = { ...server, ...(allowed === 'all' ? {} : { allowedTools: allowed }) }
  }
  if (entries.length === 0) servers.isWhole = false
  return servers
}

/** Whether a tool is one of a server that was made. */
export function isOfServer({ config }: Servers, tool: string): boolean {
  return Object.keys(config).some(
    (name) => tool === `mcp__${name}` || tool.startsWith(`mcp__${name}__`) || tool.startsWith(`${name}/`),
  )
}

/** A map, or a list of maps; a name alone stands for a server that is described elsewhere. */
function listEntries(value: unknown): [string, unknown][] {
  if (Array.isArray(value))
    return value.flatMap((one) => (isObject(one) ? Object.entries(one) : [[String(one), undefined]]))
  return isObject(value) ? Object.entries(value) : []
}

/** Nothing may be denied of a server, nor of what an agent may do at all: a server can do anything. */
function isOpen(name: string, limits: Restrictions): boolean {
  const folded = foldTool(`mcp__${name}`)
  const touches = (pattern: string) => pattern.startsWith(folded) || pattern.includes('*')
  return limits.groups.size === 0 && !isDenied(limits, `mcp__${name}`) && !limits.denied.some(touches)
}

/** The tools of a server that a source's lists leave. */
function allowedTools(
  name: string,
  config: unknown,
  tools: readonly string[] | undefined,
): 'all' | 'none' | string[] {
  const isAll = tools === undefined || tools.some((tool) => /^(?:\*|all)$/i.test(tool))
  const toolNames = (tools ?? []).flatMap((tool) => {
    const own = [`mcp__${name}__`, `${name}/`].find((start) => tool.startsWith(start))
    return tool === `mcp__${name}` ? ['*'] : own === undefined ? [] : [tool.slice(own.length)]
  })
  const allowed = isAll || toolNames.includes('*') ? undefined : toolNames
  const own = isObject(config) && Array.isArray(config.tools) ? config.tools.map(String) : ['*']
  if (own.includes('*')) return allowed === undefined ? 'all' : allowed.length > 0 ? unique(allowed) : 'none'
  const both = allowed === undefined ? own : own.filter((tool) => allowed.includes(tool))
  return both.length > 0 ? unique(both) : 'none'
}

function readServer(servers: Servers, name: string, config: unknown): JsonObject | undefined {
  if (!NAME.test(name) || !isObject(config)) return undefined
  const { url, command, type } = config
  const isRemote = typeof url === 'string' && command === undefined
  const folded = foldField(String(type ?? (isRemote ? 'http' : 'stdio')))
  if (isRemote && REMOTE.has(folded)) return readRemote(servers, name, url, config.headers, folded)
  return typeof command === 'string' && !REMOTE.has(folded)
    ? readProgram(servers, name, command, config)
    : undefined
}

function readRemote(
  servers: Servers,
  name: string,
  url: string,
  headers: unknown,
  type: string,
): JsonObject | undefined {
  const host = URL.canParse(url) ? new URL(url) : undefined
  if (host?.protocol !== 'https:' || /[{}$]/.test(url)) return undefined
  servers.hosts.push(host.hostname)
  const injected = readInjected(servers, name, headers)
  return {
    type: type === 'sse' ? 'sse' : 'streamable-http',
    url,
    ...(Object.keys(injected).length > 0 && { headers: injected }),
  }
}

function readProgram(
  servers: Servers,
  name: string,
  command: string,
  { args, env }: JsonObject,
): JsonObject | undefined {
  if (args !== undefined && !(Array.isArray(args) && args.every((one) => typeof one === 'string')))
    return undefined
  const words = (args ?? []) as string[]
  for (const [, secret] of words.join('\n').matchAll(/\$\{([A-Za-z_]\w{0,63})\}/g))
    secret && servers.secrets.push(secret)
  const injected = readInjected(servers, name, env)
  return {
    type: 'stdio',
    command,
    ...(words.length > 0 && { args: words }),
    ...(Object.keys(injected).length > 0 && { env: injected }),
  }
}

/** Values of an environment or of headers, each as the secret that holds all of it. */
function readInjected(servers: Servers, server: string, values: unknown): JsonObject {
  const injected: JsonObject = {}
  for (const [key, value] of Object.entries(isObject(values) ? values : {})) {
    const [, braced, bare, github] = REFERENCE.exec(String(value)) ?? []
    const variable = braced ?? bare ?? github
    const secret =
      variable ??
      `${server}_${key}`
        .toUpperCase()
        .replace(/^\d|\W/g, '_')
        .slice(0, 64)
    injected[key] = `\${${secret}}`
    servers.secrets.push(secret)
    if (variable === undefined)
      servers.guesses.push({
        field: 'permissions.secrets',
        what: secret,
        why: 'a value of an MCP server is a secret here: give it what the source has, all of it',
        needs: true,
      })
  }
  return injected
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)]
}
