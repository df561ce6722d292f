import type { JsonObject } from '../../contract/kind.ts'
import { type Named, nameOf } from '../../contract/name.ts'
import { readMcp } from '../../plugins/agents/manifest/mcp.ts'
import type { AgentDefinition } from '../../plugins/agents/manifest/schema.ts'
import type { ExchangeFormat, ExportItem, FieldRow, LedgerRow, WriteOptions } from '../contract/format.ts'
import { LedgerPage } from '../contract/ledger.ts'
import { toToml } from '../texts/toml.ts'
import { MCP_CLIENTS, serverRows } from './server-clients.ts'
import { SERVER_ROWS } from './server-rows.ts'
import { type WrittenServer, writeServers } from './write-servers.ts'

type FileClient = (typeof MCP_CLIENTS)[number]

const REST: FieldRow = { field: '*', outcome: 'dropped', reason: 'the file has MCP servers alone' }

/** Where each client looks for servers, and the document that it reads there. */
const FILES: Readonly<
  Record<FileClient, { path: string; render(servers: JsonObject, inputs: unknown[]): string }>
> = {
  claude: { path: '.mcp.json', render: (mcpServers) => toJson({ mcpServers }) },
  vscode: {
    path: '.vscode/mcp.json',
    render: (servers, inputs) => toJson(inputs.length > 0 ? { inputs, servers } : { servers }),
  },
  cursor: { path: '.cursor/mcp.json', render: (mcpServers) => toJson({ mcpServers }) },
  codex: { path: '.codex/config.toml', render: (mcp_servers) => toToml({ mcp_servers }).trimStart() },
  gemini: { path: '.gemini/settings.json', render: (mcpServers) => toJson({ mcpServers }) },
}

/** MCP servers of agents as the file in which a client keeps them. */
export const mcpFiles: ExchangeFormat = {
  id: 'mcp',
  title: 'MCP servers, for one client',
  kinds: ['agents'],
  clients: MCP_CLIENTS,
  places: Object.values(FILES).map(({ path }) => path),
  limits: [],
  writes: [
    ...new Set([...MCP_CLIENTS.flatMap((client) => serverRows(client, false)), SERVER_ROWS.renamed, REST]),
  ],
  async write(items, options) {
    const client = clientOf(options)
    const collection = collectAll(items, client)
    const { path, render } = FILES[client]
    const entries = [...collection.byName]
    if (entries.length === 0) return { files: [], findings: [], ledger: collection.ledger }
    const servers = Object.fromEntries(entries.map(([name, { server }]) => [name, server.config]))
    const inputs = new Map(entries.flatMap(([, { server }]) => server.inputs.map((one) => [one.id, one])))
    const content = render(
      servers,
      [...inputs.values()].map((input) => ({ ...input, type: 'promptString' })),
    )
    const from = entries.flatMap(([, { owners }]) => owners)
    return { files: [{ path, content, from: distinct(from) }], findings: [], ledger: collection.ledger }
  },
}

interface ServerCollection {
  byName: Map<string, { server: WrittenServer; owners: Named[] }>
  ledger: LedgerRow[]
}

/** The servers of agents in a client's words, by name. */
export function writeConfigs(items: readonly ExportItem[], client: FileClient): JsonObject {
  const { byName } = collectAll(items, client)
  return Object.fromEntries([...byName].map(([name, { server }]) => [name, server.config]))
}

function collectAll(items: readonly ExportItem[], client: FileClient): ServerCollection {
  const collection: ServerCollection = { byName: new Map(), ledger: [] }
  for (const item of items) collect(collection, item, client)
  return collection
}

function clientOf({ client }: WriteOptions): FileClient {
  return MCP_CLIENTS.find((one) => one === client) ?? 'claude'
}

/** Adds an agent's servers. The same server of two agents is one; another one of that name gets the agent's id before it. */
function collect({ byName, ledger }: ServerCollection, item: ExportItem, client: FileClient): void {
  const definition = item.definition as AgentDefinition
  const { kind, id } = definition
  const page = new LedgerPage(nameOf(definition))
  for (const server of writeServers(readMcp(definition).servers, client, page, false)) {
    const same = byName.get(server.writtenName)
    if (same && JSON.stringify(same.server.config) === JSON.stringify(server.config))
      same.owners.push({ kind, id })
    else {
      const name = same ? freeName(byName, `${id}-${server.writtenName}`) : server.writtenName
      if (same) page.note(SERVER_ROWS.renamed, `mcp.mcpServers.${server.name}`)
      byName.set(name, { server, owners: [{ kind, id }] })
    }
  }
  for (const field of Object.keys(definition.manifest)) if (field !== 'mcp') page.note(REST, field)
  page.note(REST, 'files')
  ledger.push(...page.rows)
}

function freeName(byName: ReadonlyMap<string, unknown>, name: string): string {
  let free = name
  for (let count = 2; byName.has(free); count++) free = `${name}-${count}`
  return free
}

function distinct(all: readonly Named[]): Named[] {
  return [...new Map(all.map((one) => [nameOf(one), one])).values()]
}

function toJson(document: JsonObject): string {
  return `${JSON.stringify(document, null, 2)}\n`
}
