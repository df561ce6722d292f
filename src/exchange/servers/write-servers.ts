import type { JsonObject } from '../../contract/kind.ts'
import type { CheckedMcpServer, RemoteServer, StdioServer } from '../../plugins/agents/manifest/mcp-schema.ts'
import type { LedgerPage } from '../contract/ledger.ts'
import { isRemote, type McpClient, SERVER_CLIENTS, type ServerClient, secretIn } from './server-clients.ts'
import { SERVER_ROWS } from './server-rows.ts'

const ROWS = SERVER_ROWS
const IN_ARGUMENT = /\$\{([A-Za-z_]\w*)\}/g

/** A value that the client asks a person for. */
export interface ServerInput {
  id: string
  description: string
  password: boolean
  default?: string
}

/** A server as a client has it. */
export interface WrittenServer {
  /** The name in the definition. */
  name: string
  /** The name in the client. */
  writtenName: string
  config: JsonObject
  allowedTools?: readonly string[]
  inputs: readonly ServerInput[]
}

interface ServerWriting {
  client: McpClient
  at: string
  page: LedgerPage
  inputs: ServerInput[]
}

/**
 * Writes an agent's servers in a client's words. One that the client could not start as it is meant is left out.
 * @param hasList whether the agent has a list of tools that names those of its servers
 */
export function writeServers(
  servers: readonly (readonly [string, CheckedMcpServer])[],
  client: McpClient,
  page: LedgerPage,
  hasList: boolean,
): WrittenServer[] {
  const used = new Set<string>()
  return servers.flatMap(([name, server]) => {
    const at = `mcp.mcpServers.${name}`
    const writtenName = SERVER_CLIENTS[client].name?.(name) ?? name
    const writing: ServerWriting = { client, at, page, inputs: [] }
    const config = used.has(writtenName) ? undefined : writeServer(writing, name, server)
    if (!config) {
      page.note(ROWS.leftOut, at)
      return []
    }
    used.add(writtenName)
    if (writtenName !== name) page.note(ROWS.renamed, at)
    const tools = limitTools(writing, server, hasList)
    const { allowedTools } = server
    return [{ name, writtenName, config: { ...config, ...tools }, allowedTools, inputs: writing.inputs }]
  })
}

function writeServer(writing: ServerWriting, name: string, server: CheckedMcpServer): JsonObject | undefined {
  const form = SERVER_CLIENTS[writing.client]
  const values = writeValues(form, server)
  return isRemote(server)
    ? writeRemote(writing, form, { name, server, values })
    : writeProgram(writing, form, server, values)
}

function writeRemote(
  writing: ServerWriting,
  form: ServerClient,
  { name, server, values }: { name: string; server: RemoteServer; values: JsonObject },
): JsonObject | undefined {
  const url = fillUrl(writing, form, name, server)
  if (url === undefined) return undefined
  const { page, at } = writing
  noteFields(writing, server)
  const isPlain = server.variables === undefined
  page.note(isPlain ? ROWS.url : form.input ? ROWS.askedUrl : ROWS.filledUrl, `${at}.url`)
  noteInputs(writing, server.headers)
  return form.remote(server, url, values)
}

function writeProgram(
  writing: ServerWriting,
  form: ServerClient,
  server: StdioServer,
  values: JsonObject,
): JsonObject | undefined {
  const { args = [], env } = server
  const secrets = args.flatMap((arg) => [...arg.matchAll(IN_ARGUMENT)].map(([, secret = '']) => secret))
  if (secrets.length > 0 && !form.secretArgs) return undefined
  const own = args.map((arg) =>
    arg.replace(IN_ARGUMENT, (all, secret: string) => form.secret?.(secret) ?? all),
  )
  const config = form.program(server, own, values)
  if (!config) return undefined
  noteFields(writing, server)
  noteInputs(writing, env)
  for (const secret of secrets) addInput(writing, secret)
  return config
}

/** Headers or variables, each with its secret in the client's notation. */
function writeValues(form: ServerClient, server: CheckedMcpServer): JsonObject {
  const values = (isRemote(server) ? server.headers : server.env) ?? {}
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, form.secret?.(secretIn(value)) ?? value]),
  )
}

/** The URL without variables that the client does not have; undefined if one of them has no default. */
function fillUrl(
  writing: ServerWriting,
  form: ServerClient,
  name: string,
  { url, variables = {} }: RemoteServer,
): string | undefined {
  let filled = url
  for (const [variable, { default: value, description }] of Object.entries(variables)) {
    const id = `${name}-${variable}`
    const text = form.input?.(id) ?? value
    if (text === undefined) return undefined
    filled = filled.replaceAll(`{${variable}}`, text)
    if (!form.input) continue
    const rest = value === undefined ? {} : { default: value }
    writing.inputs.push({ id, description: description ?? variable, password: false, ...rest })
  }
  return filled
}

function noteInputs(writing: ServerWriting, values: Readonly<Record<string, string>> = {}): void {
  for (const value of Object.values(values)) addInput(writing, secretIn(value))
}

function addInput({ client, inputs }: ServerWriting, secret: string): void {
  if (!SERVER_CLIENTS[client].input || inputs.some(({ id }) => id === secret)) return
  inputs.push({ id: secret, description: secret, password: true })
}

/** Notes every field but the URL and the list of tools. */
function noteFields({ client, page, at }: ServerWriting, server: CheckedMcpServer): void {
  const rows = {
    type: ROWS.transport,
    variables: ROWS.variables,
    headers: ROWS.secrets,
    command: ROWS.command,
    args: ROWS.args,
    env: ROWS.env,
    capabilities: ROWS.capabilities,
    timeoutMs: SERVER_CLIENTS[client].timeout ? ROWS.timeout : ROWS.noTimeout,
    resetTimeoutOnProgress: ROWS.progress,
    from: ROWS.origin,
  }
  for (const [field, row] of Object.entries(rows)) if (field in server) page.note(row, `${at}.${field}`)
}

function limitTools(
  { client, page, at }: ServerWriting,
  server: CheckedMcpServer,
  hasList: boolean,
): JsonObject {
  const { tools, timeout } = SERVER_CLIENTS[client]
  const { allowedTools, timeoutMs } = server
  const row = tools ? ROWS.allowed : hasList ? ROWS.allowedElsewhere : ROWS.unlimited
  if (allowedTools !== undefined) page.note(row, `${at}.allowedTools`)
  return {
    ...tools?.(allowedTools),
    ...(timeoutMs === undefined ? {} : timeout?.(timeoutMs)),
  }
}
