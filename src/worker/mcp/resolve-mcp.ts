import { Failure } from '../../contract/failure.ts'
import type {
  CheckedMcpServer,
  McpCapability,
  RemoteServer,
  StdioServer,
} from '../../plugins/agents/manifest/mcp-schema.ts'
import { readServerUrl, shownUrl } from '../../plugins/agents/rules/url.ts'
import { checkedAddresses, type ResolveHost } from './addresses.ts'

/** Limits of every server. Without `allowedTools` all tools may be called. */
interface ServerLimits {
  allowedTools?: readonly string[]
  /** MCP capabilities that are passed on beside tools. */
  capabilities?: readonly McpCapability[]
  /** Milliseconds to wait for one answer. */
  timeoutMs?: number
  /** Whether progress restarts that timeout. */
  resetTimeoutOnProgress?: boolean
}

export interface ResolvedStdio extends ServerLimits {
  type: 'stdio'
  command: string
  args: readonly string[]
  env: Readonly<Record<string, string>>
}

export interface ResolvedRemote extends ServerLimits {
  type: 'streamable-http' | 'sse'
  url: string
  headers: Readonly<Record<string, string>>
  /** Whether the URL names this machine, which only a draft may. */
  loopback: boolean
  /** The addresses of the host when it was checked. A client has to check again for every connection. */
  addresses: readonly string[]
}

/** A server with secrets and variables filled in. */
export type ResolvedServer = ResolvedStdio | ResolvedRemote

/** Servers by name. Holds secrets: do not log it, and store it only in a private folder. */
export type ResolvedMcp = Readonly<Record<string, ResolvedServer>>

export interface ResolveOptions {
  /** Secrets by name. An empty one counts as missing. */
  env: Readonly<Record<string, string | undefined>>
  lookup: ResolveHost
  /** Whether the agent is a draft: drafts may use servers on this machine. */
  draft?: boolean
  /** Values of the {variables} in URLs; a variable without a value takes its default. */
  variables?: Readonly<Record<string, string>>
}

const NAME = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g
const ONLY_NAME = /^\$\{([A-Za-z_][A-Za-z0-9_]*)\}$/
const BREAKS = /[\r\n\u0000]/
/** The pattern of the agents' schema: such a value cannot change the host of a URL. */
const URL_VALUE = /^[A-Za-z0-9._~-]{1,128}$/

/**
 * Makes an agent's MCP servers ready for a client: fills in secrets and variables, and resolves and checks hosts. Sends
 * no request to any server.
 * @throws Failure CONFIG (`detail.variable` is the missing variable), REFUSED (a private host), REMOTE_FAILED (an
 * unknown host); no message holds the value of a secret
 */
export async function resolveMcp(
  servers: Readonly<Record<string, CheckedMcpServer>>,
  options: ResolveOptions,
): Promise<ResolvedMcp> {
  const resolved: [string, ResolvedServer][] = []
  for (const [name, server] of Object.entries(servers))
    resolved.push([
      name,
      'url' in server ? await resolveRemote(name, server, options) : resolveStdio(name, server, options),
    ])
  return Object.fromEntries(resolved)
}

function resolveStdio(name: string, server: StdioServer, { env }: ResolveOptions): ResolvedStdio {
  const args = (server.args ?? []).map((arg) => arg.replace(NAME, (_, key: string) => secret(name, key, env)))
  const { type, command } = server
  return { type, command, args, env: injected(name, server.env, env), ...pickLimits(server) }
}

async function resolveRemote(
  name: string,
  server: RemoteServer,
  options: ResolveOptions,
): Promise<ResolvedRemote> {
  const { env, lookup, draft = false } = options
  const url = fillUrl(name, server, options.variables ?? {})
  const { problems, loopback } = readServerUrl(url, draft)
  const [problem] = problems
  if (problem !== undefined)
    throw new Failure('REFUSED', `mcpServers.${name}.url ${shownUrl(url)} ${problem.detail}`, problem.hint, {
      detail: { server: name, rule: problem.rule },
    })
  const addresses = await checkedAddresses(new URL(url).hostname, lookup, draft)
  const headers = injected(name, server.headers, env)
  return { type: server.type, url, headers, loopback, addresses, ...pickLimits(server) }
}

function pickLimits({
  allowedTools,
  capabilities,
  timeoutMs,
  resetTimeoutOnProgress,
}: CheckedMcpServer): ServerLimits {
  return {
    ...(allowedTools && { allowedTools }),
    ...(capabilities && { capabilities }),
    ...(timeoutMs && { timeoutMs }),
    ...(resetTimeoutOnProgress && { resetTimeoutOnProgress }),
  }
}

function injected(
  server: string,
  values: Readonly<Record<string, string>> = {},
  env: ResolveOptions['env'],
): Record<string, string> {
  const filled = Object.entries(values).map(([key, value]): [string, string] => {
    const name = ONLY_NAME.exec(value)?.[1]
    if (name !== undefined) return [key, secret(server, name, env)]
    throw new Failure(
      'REFUSED',
      `mcpServers.${server} gives ${key} a literal value`,
      `publish the agent with "\${NAME}" there and put the value into the environment`,
      { detail: { server, key } },
    )
  })
  return Object.fromEntries(filled)
}

function secret(server: string, variable: string, env: ResolveOptions['env']): string {
  const value = Object.hasOwn(env, variable) ? env[variable] : undefined
  const wrong = !value ? 'is not set' : BREAKS.test(value) ? 'holds a line break' : undefined
  if (value && wrong === undefined) return value
  throw new Failure(
    'CONFIG',
    `the MCP server "${server}" needs the secret ${variable}, which ${wrong}`,
    `set the environment variable ${variable} to one line`,
    { detail: { server, variable } },
  )
}

function fillUrl(name: string, server: RemoteServer, variables: Readonly<Record<string, string>>): string {
  return server.url.replace(/\{([^{}]*)\}/g, (_, variable: string) => {
    const declared = server.variables?.[variable]
    const value = Object.hasOwn(variables, variable) ? variables[variable] : declared?.default
    const choices = declared?.choices
    const fits = value !== undefined && URL_VALUE.test(value) && (!choices || choices.includes(value))
    if (fits) return value
    throw new Failure(
      'CONFIG',
      `mcpServers.${name}.url needs a value for {${variable}}${value === undefined ? '' : ' of another form'}`,
      choices ? `give one of: ${choices.join(', ')}` : 'give letters, digits, "-", ".", "_" or "~"',
      { detail: { server: name, variable } },
    )
  })
}
