import { isSame, shownList } from '../../../contract/fields/compare.ts'
import type { Risk } from '../../../contract/kind.ts'
import { readMcp } from '../manifest/mcp.ts'
import type { CheckedMcpServer, McpCapability, RemoteServer, StdioServer } from '../manifest/mcp-schema.ts'
import type { AgentDefinition } from '../manifest/schema.ts'
import { readServerUrl, shownUrl } from '../rules/url.ts'
import { shownCommand } from './shown-command.ts'

/**
 * Changes to the MCP servers: which hosts an agent calls, what it starts, which tools it may call and which secrets
 * it passes on.
 */
export function mcpRisks(before: AgentDefinition | undefined, after: AgentDefinition): Risk[] {
  const old = new Map(before ? readMcp(before).servers : [])
  const hosts = new Set([...old.values()].flatMap((server) => readHost(server) ?? []))
  const servers = readMcp(after).servers
  const names = new Set(servers.map(([name]) => name))
  return [
    ...servers.flatMap(([name, server]) => serverRisks(name, old.get(name), server, hosts)),
    ...[...old.keys()]
      .filter((name) => !names.has(name))
      .map((name): Risk => risk('mcp-server-removed', 'medium', name, '', `mcpServers.${name} is removed`)),
  ]
}

function serverRisks(
  name: string,
  before: CheckedMcpServer | undefined,
  after: CheckedMcpServer,
  hosts: ReadonlySet<string>,
): Risk[] {
  return [
    ...('url' in after ? urlRisks(name, before, after, hosts) : commandRisks(name, before, after)),
    ...toolRisks(name, before, after),
    ...capabilityRisks(name, before, after),
    ...givenRisks(name, before, after),
  ]
}

function urlRisks(
  name: string,
  before: CheckedMcpServer | undefined,
  after: RemoteServer,
  hosts: ReadonlySet<string>,
): Risk[] {
  const host = readHost(after)
  const fresh = host !== undefined && !hosts.has(host)
  const old = before && 'url' in before ? before.url : undefined
  const risks: Risk[] = []
  if (old !== undefined && old !== after.url)
    risks.push(
      risk(
        'mcp-url-changed',
        fresh ? 'high' : 'medium',
        name,
        'url',
        `mcpServers.${name}.url ${shownUrl(old)} → ${shownUrl(after.url)}`,
      ),
    )
  if (fresh)
    risks.push(risk('mcp-host-added', 'high', name, 'url', `mcpServers.${name} reaches the new host ${host}`))
  else if (old === undefined)
    risks.push(
      risk('mcp-server-added', 'medium', name, '', `mcpServers.${name} is new, at ${shownUrl(after.url)}`),
    )
  return risks
}

function readHost(server: CheckedMcpServer): string | undefined {
  return 'url' in server ? readServerUrl(server.url, true).host : undefined
}

function commandRisks(name: string, before: CheckedMcpServer | undefined, after: StdioServer): Risk[] {
  const now = shownCommand(after.command, after.args ?? [])
  if (before === undefined || 'url' in before)
    return [risk('mcp-command-added', 'high', name, 'command', `mcpServers.${name} starts a program: ${now}`)]
  const then = shownCommand(before.command, before.args ?? [])
  if (before.command === after.command && isSame(before.args, after.args)) return []
  return [
    risk(
      'mcp-command-changed',
      'high',
      name,
      'command',
      `mcpServers.${name} starts ${now} instead of ${then}`,
    ),
  ]
}

/** Without a list every tool is allowed, as with "*". */
const toolsOf = (server: CheckedMcpServer): readonly string[] => server.allowedTools ?? ['*']

function toolRisks(name: string, before: CheckedMcpServer | undefined, after: CheckedMcpServer): Risk[] {
  const old = before ? toolsOf(before) : []
  if (old.includes('*')) return []
  const added = toolsOf(after).filter((tool) => !old.includes(tool))
  if (added.includes('*'))
    return [
      risk(
        'mcp-tool-any',
        'high',
        name,
        'allowedTools',
        `mcpServers.${name} may call every tool of its server`,
      ),
    ]
  if (added.length === 0 || before === undefined) return []
  return [
    risk(
      'mcp-tool-added',
      'medium',
      name,
      'allowedTools',
      `mcpServers.${name} may also call ${shownList(added)}`,
    ),
  ]
}

/** Sampling uses the agent's model, elicitation asks its user, and roots show its folders. */
const POWERS: ReadonlySet<McpCapability> = new Set(['sampling', 'elicitation', 'roots'])

function capabilityRisks(
  name: string,
  before: CheckedMcpServer | undefined,
  after: CheckedMcpServer,
): Risk[] {
  const old = before?.capabilities ?? []
  const added = (after.capabilities ?? []).filter((one) => !old.includes(one))
  if (added.length === 0) return []
  const level = added.some((one) => POWERS.has(one)) ? 'high' : 'medium'
  const message = `mcpServers.${name} gains the capabilities ${shownList(added)}`
  return [risk('mcp-capability-added', level, name, 'capabilities', message)]
}

function givenRisks(name: string, before: CheckedMcpServer | undefined, after: CheckedMcpServer): Risk[] {
  const old = before ? givenTo(before) : new Set<string>()
  const added = [...givenTo(after)].filter((secret) => !old.has(secret))
  if (added.length === 0) return []
  return [risk('mcp-secret-given', 'medium', name, '', `mcpServers.${name} is given ${shownList(added)}`)]
}

function givenTo(server: CheckedMcpServer): Set<string> {
  const values = 'url' in server ? server.headers : server.env
  const texts = [...Object.values(values ?? {}), ...('url' in server ? [] : (server.args ?? []))]
  return new Set(texts.flatMap((text) => text.match(/\$\{[A-Za-z_][A-Za-z0-9_]*\}/g) ?? []))
}

function risk(id: string, level: Risk['level'], name: string, field: string, message: string): Risk {
  return { id, level, field: field === '' ? `mcpServers.${name}` : `mcpServers.${name}.${field}`, message }
}
