import type { Finding } from '../../../contract/diagnostic.ts'
import { quoted } from '../../../contract/fields/shown.ts'
import type { Surroundings } from '../../../contract/kind.ts'
import { serverId, splitServer } from '../../servers/manifest/name.ts'
import type { Mcp } from '../manifest/mcp.ts'
import { makeFinding } from './catalogue.ts'

/** Reports entries that were made from another version of their server than the one that this tree has. */
export function checkOrigins(mcp: Mcp, surroundings: Surroundings, findings: Finding[]): void {
  for (const [entry, { from }] of mcp.servers) {
    if (from === undefined) continue
    const { name, version } = splitServer(from)
    const server = surroundings.find('servers', serverId(name))
    if (server?.version === undefined || server.version === version || !server.provides.includes(name))
      continue
    findings.push(
      makeFinding(
        'NOFX_MCP_FROM_VERSION',
        { file: mcp.file, pointer: [...mcp.at, entry, 'from'] },
        `mcpServers.${entry}.from is ${quoted(from)}, and the server is at ${server.version}`,
        `compare the entry with the server, then write "${name}@${server.version}"`,
      ),
    )
  }
}
