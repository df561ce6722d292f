import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Failure } from '../../contract/failure.ts'
import type { Agent } from '../agent.ts'
import type { ResolveHost } from './addresses.ts'
import { readMcpServers } from './read-servers.ts'
import { resolveMcp } from './resolve-mcp.ts'
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
  lookup?: ResolveHost
}

/**
 * Writes the `mcp.json` with which an MCP client reaches an agent's servers; secrets are filled in and hosts checked.
 * Each server in the file is NOFX's bridge, which offers only the tools of `allowedTools` and connects only to checked
 * addresses.
 * @returns the path of `mcp.json`
 * @throws Failure CONFIG (`detail.variable` is the missing variable, the folder is missing or in use, or the bridge is
 * missing from a bundle), REFUSED (a private host), REMOTE_FAILED (an unknown host)
 */
export async function injectMcp(agent: Agent, options: InjectOptions): Promise<string> {
  const { folder, env = process.env, variables, lookup = systemLookup } = options
  const draft = agent.state === 'draft'
  const resolved = await resolveMcp(readMcpServers(agent), { env, variables, lookup, draft })
  const program = bridgeProgram()
  const flags = 'deno' in process.versions ? ['run', '--allow-all'] : []
  // The client that reads the paths may run in another folder.
  const place = resolve(folder)
  try {
    return writeMcpSettings(place, resolved, { command: process.execPath, args: [...flags, program] })
  } catch (cause) {
    throw explain(cause, place)
  }
}

/** What to do about a folder that a run cannot use. */
function explain(cause: unknown, folder: string): unknown {
  const { code } = cause as { code?: unknown }
  const trouble = { EEXIST: 'has MCP settings already', ENOENT: 'does not exist' }[String(code)]
  if (trouble === undefined) return cause
  return new Failure('CONFIG', `the folder ${folder} ${trouble}`, 'make an empty folder for each call', {
    cause,
  })
}

/**
 * The bridge's program, which is beside this file in the package. A bundler copies this file into another one and
 * leaves the program behind.
 */
function bridgeProgram(): string {
  const { url } = import.meta as { url?: string }
  const program = url === undefined ? undefined : fileURLToPath(new URL('./mcp-bridge.js', url))
  if (program !== undefined && existsSync(program)) return program
  throw new Failure(
    'CONFIG',
    `the MCP bridge ${program ?? 'mcp-bridge.js'} does not exist: nofx was bundled without it`,
    'mark nofx as external in your bundler, so that it is loaded from node_modules',
  )
}
