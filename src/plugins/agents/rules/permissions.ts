import type { Finding } from '../../../contract/diagnostic.ts'
import { duplicates } from '../../../contract/fields/duplicates.ts'
import { hostProblem } from '../../../contract/fields/host.ts'
import { quoted } from '../../../contract/fields/shown.ts'
import type { Mcp } from '../manifest/mcp.ts'
import type { AgentDefinition, Permissions } from '../manifest/schema.ts'
import { makeFinding } from './catalogue.ts'
import { type NamedUrl, urlPlace } from './mcp-url.ts'

/** Checks what an agent may do, and whether its permissions cover the hosts of its MCP servers. */
export function checkPermissions(
  definition: AgentDefinition,
  mcp: Mcp,
  urls: readonly NamedUrl[],
  draft: boolean,
  findings: Finding[],
): void {
  const permissions: Permissions = definition.manifest.permissions ?? {}
  const hosts = permissions.hosts ?? []
  for (const url of urls)
    if (url.host !== undefined && !(draft && url.loopback) && !covers(hosts, url.host))
      findings.push(
        makeFinding(
          'NOFX_PERMISSION_HOST_MISSING',
          urlPlace(mcp, url.name),
          `mcpServers.${url.name} is at ${quoted(shownHost(url))}, which permissions.hosts does not cover`,
          `add ${quoted(shownHost(url))} to permissions.hosts`,
        ),
      )
  if (definition.manifest.permissions) checkLists(definition.manifestPath, permissions, findings)
}

/** The host for messages; a URL with a variable in its host is shown with the wildcard that it needs. */
function shownHost(url: NamedUrl): string {
  const host = url.host ?? ''
  return host.includes('variable-') ? `*${host.slice(host.indexOf('.'))}` : host
}

/** True if one of `patterns` (`*`, `api.example.com`, `*.example.com`) allows `host`. */
export function covers(patterns: readonly string[], host: string): boolean {
  for (const pattern of patterns) {
    if (pattern === '*' || pattern === host) return true
    const lower = pattern.toLowerCase()
    if (lower === host || (lower.startsWith('*.') && host.endsWith(lower.slice(1)))) return true
  }
  return false
}

function checkLists(file: string, permissions: Permissions, findings: Finding[]): void {
  const { hosts = [], secrets = [], network } = permissions
  if (hosts.length > 0 && network !== true)
    findings.push(
      makeFinding(
        'NOFX_PERMISSION_NETWORK',
        { file, pointer: ['permissions', 'hosts'] },
        `permissions.hosts names ${hosts.length === 1 ? quoted(hosts[0] as string) : `${hosts.length} hosts`}, but permissions.network is not true`,
        'set permissions.network to true, or remove the hosts',
      ),
    )
  hosts.forEach((host, index) => {
    const problem = host.includes('*') ? undefined : hostProblem(host.toLowerCase())
    if (problem === undefined) return
    findings.push(
      makeFinding(
        'NOFX_PERMISSION_HOST_PRIVATE',
        { file, pointer: ['permissions', 'hosts', index] },
        `permissions.hosts[${index}] ${quoted(host)} is not a public host (${problem})`,
        'name public hosts only',
      ),
    )
  })
  repeated(file, 'hosts', hosts, findings)
  repeated(file, 'secrets', secrets, findings)
}

function repeated(
  file: string,
  field: 'hosts' | 'secrets',
  values: readonly string[],
  findings: Finding[],
): void {
  for (const { index } of duplicates(values))
    findings.push(
      makeFinding(
        'NOFX_PERMISSION_DUPLICATE',
        { file, pointer: ['permissions', field, index] },
        `permissions.${field} names ${quoted(values[index] as string)} twice`,
        'remove one of them',
      ),
    )
}
