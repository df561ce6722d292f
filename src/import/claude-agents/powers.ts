import type { JsonObject } from '../../contract/kind.ts'
import type { Guess } from '../sources/format.ts'
import { isOfServer, readServers } from './mcp-servers.ts'
import { grantsFor, withServers } from './permissions.ts'
import { foldField, readRestrictions } from './restrictions.ts'
import { toolNames } from './tool-list.ts'

/** What the agent may do: its permissions, and the MCP servers that its source describes. */
export function readPowers(
  data: JsonObject,
  loose: readonly string[],
): { fields: JsonObject; guesses: Guess[] } {
  const limits = readRestrictions(data)
  const tools = askedTools(data, loose)
  const servers = readServers(data, tools, limits)
  const isServers = (field: string) => foldField(field) === 'mcpservers'
  const own = tools?.filter((tool) => !isOfServer(servers, tool))
  const { grants, guesses } = grantsFor(own, limits, Object.keys(data).some(isServers))
  const isOpen = ({ field }: Guess) => !(servers.isWhole && isServers(field))
  const hasMade = Object.keys(servers.config).length > 0
  return {
    fields: {
      ...(hasMade && { mcp: { mcpServers: servers.config } }),
      permissions: withServers(grants, servers),
    },
    guesses: [...guesses, ...limits.guesses.filter(isOpen), ...servers.guesses],
  }
}

/** Tools that are not YAML have no certain meaning: only a star is read, and it grants nothing. */
function askedTools({ tools }: JsonObject, loose: readonly string[]): string[] | undefined {
  if (tools === undefined) return undefined
  if (!loose.includes('tools')) return toolNames(tools)
  return /^\*(?:\s|,|$)/.test(String(tools)) ? ['*'] : [`tools as they are written (${String(tools)})`]
}
