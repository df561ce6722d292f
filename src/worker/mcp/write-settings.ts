import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { settingsFor } from './bridge-settings.ts'
import type { ResolvedMcp } from './resolve-mcp.ts'

/** How the bridge is started; the path of its settings is added as the last argument. */
export interface BridgeProgram {
  command: string
  args: readonly string[]
}

/** What MCP clients read: every server is a program to talk to over its stdin and stdout. */
export interface ClientSettings {
  mcpServers: Record<string, { type: 'stdio'; command: string; args: string[] }>
}

/**
 * Writes `mcp.json` for any MCP client into a private folder. A file cannot keep a client from calling a tool or from
 * connecting elsewhere, so that each server in it is our bridge, which can. Secrets stand in the bridges' own settings
 * beside it (mode 0600), never in an argument.
 * @returns the path of `mcp.json`
 */
export function writeMcpSettings(folder: string, mcp: ResolvedMcp, bridge: BridgeProgram): string {
  const private_ = join(folder, 'mcp')
  mkdirSync(private_, { mode: 0o700 })
  const settings: ClientSettings = { mcpServers: {} }
  for (const [index, [name, server]] of Object.entries(mcp).entries()) {
    // Two names may be one on a file system that ignores case; their places in the list are not.
    const path = join(private_, `${index}.json`)
    writePrivate(path, settingsFor(server))
    settings.mcpServers[name] = { type: 'stdio', command: bridge.command, args: [...bridge.args, path] }
  }
  const path = join(folder, 'mcp.json')
  writePrivate(path, settings)
  return path
}

function writePrivate(path: string, content: object): void {
  writeFileSync(path, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600, flag: 'wx' })
}
