import * as z from 'zod'
import { NAME_LENGTH, SERVER_NAME } from '../../../plugins/servers/manifest/name.ts'
import { phrase } from '../../http/parameters.ts'

/** The kind whose definitions the MCP Registry API shows. */
export const KIND = 'servers'

/** Where the routes of the MCP Registry API are in the OpenAPI document. */
const BASE = '/v0.1'

/**
 * A client takes a base URL and adds `/v0.1` or `/v0` to it, or nothing, by its version; people enter the base with and
 * without that part. Every combination answers.
 */
const ALIASES = ['', '/api/mcp-registry'].flatMap((door) =>
  ['/v0.1', '/v0', '/v0.1/v0.1', '/v0.1/v0', '/v0/v0.1', '/v0/v0'].map((version) => `${door}${version}`),
)

/** The path of a route below the base, and its other paths. */
export function registryPath(path: string): { path: string; aliases: readonly string[] } {
  return {
    path: `${BASE}${path}`,
    aliases: ALIASES.filter((base) => base !== BASE).map((base) => `${base}${path}`),
  }
}

/** The name of a server, with its slash encoded in the path. */
export const serverName = z
  .string()
  .max(NAME_LENGTH)
  .regex(SERVER_NAME)
  .describe('The name of a server, such as `io.github.owner%2Fname`: its slash is sent encoded.')

/** The version of a server, as its author wrote it. */
export const serverVersion = phrase(255).describe(
  'A version of the server as its manifest has it, or `latest`.',
)
