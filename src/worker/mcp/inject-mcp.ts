import { fileURLToPath } from 'node:url'
import type { Agent } from '../agent.ts'
import type { Lookup } from './addresses.ts'
import { resolveMcp } from './resolve-mcp.ts'
import { mcpServersOf } from './servers-of.ts'
import { systemLookup } from './system-lookup.ts'
import { writeMcpSettings } from './write-settings.ts'

export interface InjectOptions {
  /** An existing folder that belongs to the run and is removed with it: secrets are written into it. */
  folder: string
  /** Secrets by name; the process's environment unless given. */
  env?: Readonly<Record<string, string | undefined>>
  /** Values of the {variables} in URLs; a variable without a value takes its default. */
  variables?: Readonly<Record<string, string>>
  /** Resolves a host to its addresses; the system's resolver unless given. */
  lookup?: Lookup
}

/**
 * Writes the `mcp.json` with which an MCP client reaches an agent's servers; secrets are filled in and hosts checked.
 * Each server in the file is NOFX's bridge, which offers only the tools of `allowedTools` and connects only to checked
 * addresses.
 * @returns the path of `mcp.json`
 * @throws Failure CONFIG (`detail.variable` is the missing variable), REFUSED (a private host), REMOTE_FAILED (an
 * unknown host)
 */
export async function injectMcp(agent: Agent, options: InjectOptions): Promise<string> {
  const { folder, env = process.env, variables, lookup = systemLookup } = options
  const draft = agent.state === 'draft'
  const resolved = await resolveMcp(mcpServersOf(agent), { env, variables, lookup, draft })
  // Built beside this file in the package.
  const program = fileURLToPath(new URL('./mcp-bridge.cjs', import.meta.url))
  const flags = 'deno' in process.versions ? ['run', '--allow-all'] : []
  return writeMcpSettings(folder, resolved, { command: process.execPath, args: [...flags, program] })
}
