import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { settingsFor } from './bridge-settings.ts'
import type { ResolvedMcp } from './resolve-mcp.ts'

/** The command that starts the bridge; the path of its settings is added as the last argument. */
export interface BridgeProgram {
  command: string
  args: readonly string[]
}

/** The file that MCP clients read: every server is a program that is spoken to over its stdin and stdout. */
export interface ClientSettings {
  mcpServers: Record<string, { type: 'stdio'; command: string; args: string[] }>
}

/**
 * Writes `mcp.json` for any MCP client into a private folder. Settings cannot keep a client from calling a tool or from
 * connecting elsewhere, so each server in the file is NOFX's bridge, which can. Secrets are in the bridges' own
 * settings beside it (mode 0600), never in an argument.
 * @returns the path of `mcp.json`
 */
export function writeMcpSettings(folder: string, mcp: ResolvedMcp, bridge: BridgeProgram): string {
  const private_ = join(folder, 'mcp')
  mkdirSync(private_, { mode: 0o700 })
  const settings: ClientSettings = { mcpServers: {} }
  for (const [index, [name, server]] of Object.entries(mcp).entries()) {
    // Files are named by index: two names that differ only in case may be one file.
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
