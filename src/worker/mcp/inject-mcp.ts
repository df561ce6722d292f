import { fileURLToPath } from 'node:url'
import type { Agent } from '../agent.ts'
import type { Lookup } from './addresses.ts'
import { resolveMcp } from './resolve-mcp.ts'
import { mcpServersOf } from './servers-of.ts'
import { systemLookup } from './system-lookup.ts'
import { writeMcpSettings } from './write-settings.ts'

export interface InjectOptions {
  /** An existing folder of the run's own, removed with it: secrets are written into it. */
  folder: string
  /** Where secrets are, by name; the process's environment unless given. */
  env?: Readonly<Record<string, string | undefined>>
  /** Values of the {variables} of urls; those left out take their default. */
  variables?: Readonly<Record<string, string>>
  /** Resolves a host to its addresses; the system's resolver unless given. */
  lookup?: Lookup
}

/**
 * Writes what an MCP client needs to reach an agent's servers, with secrets filled in and hosts checked. Each server in it
 * is our bridge, which offers the tools of `allowedTools` alone and connects to checked addresses alone.
 * @returns the path of `mcp.json`
 * @throws Failure CONFIG (`detail.variable` is what is missing), REFUSED (a private host), REMOTE_FAILED (no such host)
 */
export async function injectMcp(agent: Agent, options: InjectOptions): Promise<string> {
  const { folder, env = process.env, variables, lookup = systemLookup } = options
  const draft = agent.state === 'draft'
  const resolved = await resolveMcp(mcpServersOf(agent), { env, variables, lookup, draft })
  // Beside this file in the package.
  const program = fileURLToPath(new URL('./mcp-bridge.cjs', import.meta.url))
  const flags = 'deno' in process.versions ? ['run', '--allow-all'] : []
  return writeMcpSettings(folder, resolved, { command: process.execPath, args: [...flags, program] })
}
