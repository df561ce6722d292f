import type { JsonObject } from '../../contract/kind.ts'
import { type Named, nameOf } from '../../contract/name.ts'
import { readMcp } from '../../plugins/agents/manifest/mcp.ts'
import { mcpServer } from '../../plugins/agents/manifest/mcp-schema.ts'
import type { AgentDefinition } from '../../plugins/agents/manifest/schema.ts'
import { makeServerEntry } from '../../plugins/agents/server-entry.ts'
import type { ServerDefinition } from '../../plugins/servers/manifest/schema.ts'
import type {
  ExchangeFormat,
  ExportFinding,
  ExportItem,
  FieldRow,
  LedgerRow,
  WriteOptions,
} from '../contract/format.ts'
import { LedgerPage } from '../contract/ledger.ts'
import { exportFinding } from '../contract/rules.ts'
import { toToml } from '../texts/toml.ts'
import { MCP_CLIENTS, serverRows } from './server-clients.ts'
import { SERVER_ROWS } from './server-rows.ts'
import { type WrittenServer, writeServers } from './write-servers.ts'

type FileClient = (typeof MCP_CLIENTS)[number]

const REST: FieldRow = { field: '*', outcome: 'dropped', reason: 'the file has MCP servers alone' }
/** What becomes of the fields of a server.json. */
const OWN_ROWS = {
  name: { field: 'name', outcome: 'approximated', reason: 'the part behind the slash' },
  packages: {
    field: 'packages',
    outcome: 'approximated',
    reason: 'the first that can be started; what only a person knows is a secret',
  },
  remotes: {
    field: 'remotes',
    outcome: 'approximated',
    reason: 'the first, unless a package can be started; what only a person knows is a secret',
  },
  leftOut: {
    field: 'name',
    outcome: 'dropped',
    reason: 'the client cannot start it: no package and no remote fits, or a value has no place in its words',
  },
} as const satisfies Record<string, FieldRow>

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

/** MCP servers of agents, and of the registry, as the file in which a client keeps them. */
export const mcpFiles: ExchangeFormat = {
  id: 'mcp',
  title: 'MCP servers, for one client',
  kinds: ['agents', 'servers'],
  clients: MCP_CLIENTS,
  places: Object.values(FILES).map(({ path }) => path),
  limits: [],
  writes: [
    ...new Set([...MCP_CLIENTS.flatMap((client) => serverRows(client, false)), SERVER_ROWS.renamed, REST]),
    ...Object.values(OWN_ROWS),
  ],
  async write(items, options) {
    const client = clientOf(options)
    const collection = collectAll(items, client)
    const { path, render } = FILES[client]
    const entries = [...collection.byName]
    const { findings, ledger } = collection
    if (entries.length === 0) return { files: [], findings, ledger }
    const servers = Object.fromEntries(entries.map(([name, { server }]) => [name, server.config]))
    const inputs = new Map(entries.flatMap(([, { server }]) => server.inputs.map((one) => [one.id, one])))
    const content = render(
      servers,
      [...inputs.values()].map((input) => ({ ...input, type: 'promptString' })),
    )
    const from = entries.flatMap(([, { owners }]) => owners)
    return { files: [{ path, content, from: distinct(from) }], findings, ledger }
  },
}

interface ServerCollection {
  byName: Map<string, { server: WrittenServer; owners: Named[] }>
  findings: ExportFinding[]
  ledger: LedgerRow[]
}

/** The servers of agents in a client's words, by name. */
export function writeConfigs(items: readonly ExportItem[], client: FileClient): JsonObject {
  const { byName } = collectAll(items, client)
  return Object.fromEntries([...byName].map(([name, { server }]) => [name, server.config]))
}

function collectAll(items: readonly ExportItem[], client: FileClient): ServerCollection {
  const collection: ServerCollection = { byName: new Map(), findings: [], ledger: [] }
  for (const { definition } of items)
    if (definition.kind === 'servers') collectOwn(collection, definition as ServerDefinition, client)
    else collect(collection, definition as AgentDefinition, client)
  return collection
}

function clientOf({ client }: WriteOptions): FileClient {
  return MCP_CLIENTS.find((one) => one === client) ?? 'claude'
}

/** Adds an agent's servers. */
function collect(collection: ServerCollection, definition: AgentDefinition, client: FileClient): void {
  const page = new LedgerPage(nameOf(definition))
  for (const server of writeServers(readMcp(definition).servers, client, page, false))
    if (addServer(collection, definition, server))
      page.note(SERVER_ROWS.renamed, `mcp.mcpServers.${server.name}`)
  for (const field of Object.keys(definition.manifest)) if (field !== 'mcp') page.note(REST, field)
  page.note(REST, 'files')
  collection.ledger.push(...page.rows)
}

/**
 * Adds a server. The same server of two definitions is one; another one of that name gets the definition's id before it.
 * @returns whether it has got another name
 */
function addServer({ byName }: ServerCollection, { kind, id }: Named, server: WrittenServer): boolean {
  const same = byName.get(server.writtenName)
  if (same && JSON.stringify(same.server.config) === JSON.stringify(server.config)) {
    same.owners.push({ kind, id })
    return false
  }
  const name = same ? freeName(byName, `${id}-${server.writtenName}`) : server.writtenName
  byName.set(name, { server, owners: [{ kind, id }] })
  return same !== undefined
}

/** Adds a server of the registry, as an agent would have it in its `mcp.json`. */
function collectOwn(collection: ServerCollection, definition: ServerDefinition, client: FileClient): void {
  const { kind, id, manifest, manifestPath } = definition
  const page = new LedgerPage(nameOf(definition))
  const entry = makeServerEntry(manifest)
  const server = entry && mcpServer.safeParse(entry.server).data
  const unlisted = new LedgerPage(nameOf(definition))
  const [ownServer] = entry && server ? writeServers([[entry.name, server]], client, unlisted, false) : []
  if (ownServer) {
    addServer(collection, definition, ownServer)
    page.note(OWN_ROWS.name)
  } else {
    page.note(OWN_ROWS.leftOut)
    const message = `the server ${JSON.stringify(manifest.name)} is left out: ${OWN_ROWS.leftOut.reason}`
    const hint = 'add a package or a remote that the client can use, or add the server there by hand'
    const finding = exportFinding('NOFX_EXPORT_SERVER', { file: manifestPath, pointer: [] }, message, hint)
    collection.findings.push({ ...finding, of: { kind, id } })
  }
  for (const field of Object.keys(manifest))
    if (field !== 'name')
      page.note(field === 'packages' || field === 'remotes' ? OWN_ROWS[field] : REST, field)
  page.note(REST, 'files')
  collection.ledger.push(...page.rows)
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
