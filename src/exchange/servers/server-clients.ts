import type { JsonObject } from '../../contract/kind.ts'
import type { CheckedMcpServer, RemoteServer, StdioServer } from '../../plugins/agents/manifest/mcp-schema.ts'
import { SERVER_ROWS } from './server-rows.ts'

export const MCP_CLIENTS = ['claude', 'vscode', 'cursor', 'codex', 'gemini'] as const
export type McpClient = (typeof MCP_CLIENTS)[number] | 'copilot' | 'gemini-agent'

/** How a client writes MCP servers. */
export interface ServerClient {
  /** A secret in a value; undefined where the client takes secrets by fields of their own. */
  secret?(name: string): string
  /** Whether secrets may stand in arguments. */
  secretArgs: boolean
  /** The value that a person is asked for; undefined where the client cannot ask. */
  input?(id: string): string
  remote(server: RemoteServer, url: string, values: JsonObject): JsonObject
  /** Undefined for a program that the client could not start. */
  program(server: StdioServer, args: readonly string[], values: JsonObject): JsonObject | undefined
  /** The fields of the list of tools, where a server has one. */
  tools?(allowed: readonly string[] | undefined): JsonObject
  /** The fields of the timeout. */
  timeout?(ms: number): JsonObject
  /** The name under which it is written. */
  name?(name: string): string
}

const typed = (word: (type: RemoteServer['type']) => string): Pick<ServerClient, 'remote' | 'program'> => ({
  remote: ({ type }, url, headers) => ({ type: word(type), url, ...some({ headers }) }),
  program: ({ command }, args, env) => ({ type: 'stdio', command, ...some({ args, env }) }),
})
const http = (type: RemoteServer['type']) => (type === 'sse' ? 'sse' : 'http')
const program: ServerClient['program'] = ({ command }, args, env) => ({ command, ...some({ args, env }) })

/** The clients, each in its own words. */
export const SERVER_CLIENTS: Readonly<Record<McpClient, ServerClient>> = {
  claude: { ...typed(http), secret: (name) => `\${${name}}`, secretArgs: true },
  vscode: {
    ...typed(http),
    secret: (name) => `\${input:${name}}`,
    secretArgs: true,
    input: (id) => `\${input:${id}}`,
  },
  copilot: {
    remote: ({ type }, url, headers) => ({ type: http(type), url, ...some({ headers }) }),
    program: ({ command }, args, env) => ({ type: 'local', command, ...some({ args, env }) }),
    secret: (name) => `\${{ secrets.${name} }}`,
    secretArgs: false,
    tools: (allowed) => ({ tools: allowed ?? ['*'] }),
  },
  cursor: {
    remote: (_server, url, headers) => ({ url, ...some({ headers }) }),
    program,
    secret: (name) => `\${env:${name}}`,
    secretArgs: true,
  },
  codex: {
    remote: (_server, url, headers) => ({ url, ...some({ env_http_headers: namesIn(headers) }) }),
    // It hands variables on by their names, and cannot rename one.
    program: ({ command, env = {} }, args) =>
      Object.entries(env).every(([key, value]) => secretIn(value) === key)
        ? { command, ...some({ args, env_vars: Object.keys(env) }) }
        : undefined,
    secretArgs: false,
    tools: (allowed) => ({ enabled_tools: allowed }),
    timeout: (ms) => ({ tool_timeout_sec: ms / 1000 }),
  },
  gemini: {
    remote: ({ type }, url, headers) => ({
      ...(type === 'sse' ? { url } : { httpUrl: url }),
      ...some({ headers }),
    }),
    program,
    secret: (name) => `$${name}`,
    secretArgs: true,
    tools: (allowed) => ({ includeTools: allowed }),
    timeout: (timeout) => ({ timeout }),
  },
  'gemini-agent': {
    remote: ({ type }, url, headers) => ({
      ...(type === 'sse' ? { url } : { http_url: url }),
      ...some({ headers }),
    }),
    program,
    secret: (name) => `$${name}`,
    secretArgs: true,
    tools: (allowed) => ({ include_tools: allowed }),
    timeout: (timeout) => ({ timeout }),
    // The client parts the names of tools at underscores: mcp_<server>_<tool>.
    name: (name) => name.replace(/_+/g, '-'),
  },
}

/** The rows that a client's servers can have in a ledger. */
export function serverRows(
  client: McpClient,
  hasList: boolean,
): (typeof SERVER_ROWS)[keyof typeof SERVER_ROWS][] {
  const { tools, timeout, input, name } = SERVER_CLIENTS[client]
  const { transport, url, filledUrl, askedUrl, variables, command, args, secrets, env } = SERVER_ROWS
  return [
    transport,
    url,
    ...(input ? [askedUrl] : [filledUrl]),
    variables,
    command,
    args,
    secrets,
    env,
    tools ? SERVER_ROWS.allowed : hasList ? SERVER_ROWS.allowedElsewhere : SERVER_ROWS.unlimited,
    timeout ? SERVER_ROWS.timeout : SERVER_ROWS.noTimeout,
    SERVER_ROWS.progress,
    SERVER_ROWS.capabilities,
    SERVER_ROWS.origin,
    SERVER_ROWS.leftOut,
    ...(name ? [SERVER_ROWS.renamed] : []),
  ]
}

/** The name of the secret that a value stands for: always the whole value, as the rules of agents demand. */
export function secretIn(value: string): string {
  return value.replace(/^\$\{|\}$/g, '')
}

export function isRemote(server: CheckedMcpServer): server is RemoteServer {
  return server.type !== 'stdio'
}

/** Secrets by the name of their header, as Codex reads them. */
function namesIn(headers: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(headers).map(([key, value]) => [key, secretIn(String(value))]))
}

/** Fields that have something in them. */
function some(fields: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => Object.keys(value as object).length > 0),
  )
}
