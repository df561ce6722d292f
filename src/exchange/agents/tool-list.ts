import type { JsonObject } from '../../contract/kind.ts'
import { isWithin, type Powers } from '../clients/powers.ts'
import { isHarmless, powersFor, TOOLS, type ToolClient, toolsFor } from '../clients/tools.ts'
import type { LedgerPage } from '../contract/ledger.ts'
import type { WrittenServer } from '../servers/write-servers.ts'
import { AGENT_ROWS } from './agent-rows.ts'
import type { AgentView } from './agent-view.ts'

/**
 * The value of an agent's `tools`: the list that its import kept, where that is what the permissions allow, else a list
 * made from the permissions. Undefined, which means every tool to the client, only for an import whose source has no
 * list and with `allowEffects`.
 */
export function writeTools(
  page: LedgerPage,
  client: ToolClient,
  view: AgentView,
  servers: readonly WrittenServer[],
  allowEffects: boolean,
): unknown {
  const { powers, kept } = view
  const serverTools = servers.flatMap(({ writtenName, allowedTools }) =>
    toolsOf(client, writtenName, allowedTools),
  )
  const made = [...toolsFor(client, powers), ...serverTools]
  if (!kept) return made
  const asked = readList(kept.tools)
  if (asked === undefined) {
    const isUnchanged = toolsFor(client, powers).length === 0
    if (kept.tools !== undefined) page.note(AGENT_ROWS.changedTools)
    else if (isUnchanged && !allowEffects) page.note(AGENT_ROWS.everyTool)
    return isUnchanged && allowEffects && kept.tools === undefined ? undefined : made
  }
  const isSame =
    equal(powersFor(client, asked), powers) &&
    (allowEffects || serverTools.every((tool) => asked.includes(tool)))
  const allowed = asked.filter(
    (tool) => allowEffects || serverTools.includes(tool) || isCovered(client, tool, powers),
  )
  page.note(isSame && allowed.length === asked.length ? AGENT_ROWS.keptTools : AGENT_ROWS.changedTools)
  if (!isSame) return made
  return allowed.length === asked.length ? kept.tools : allowed
}

/** The tools that a list names: text with commas, or a list of texts; undefined for anything else. */
function readList(tools: JsonObject[string]): string[] | undefined {
  if (Array.isArray(tools)) return tools.every((tool) => typeof tool === 'string') ? tools : undefined
  if (typeof tools !== 'string') return undefined
  // A comma in parentheses belongs to the rule of one tool.
  return tools
    .split(/,(?![^(]*\))/)
    .map((tool) => tool.trim())
    .filter((tool) => tool !== '')
}

function isCovered(client: ToolClient, tool: string, powers: Powers): boolean {
  if (isHarmless(client, tool)) return true
  const asked = powersFor(client, [tool])
  const isKnown = asked.filesystem !== 'none' || asked.shell || asked.hosts.length > 0
  return isKnown && isWithin(asked, powers)
}

function toolsOf(client: ToolClient, server: string, allowed: readonly string[] | undefined): string[] {
  const { serverTool } = TOOLS[client]
  return allowed === undefined ? [serverTool(server)] : allowed.map((tool) => serverTool(server, tool))
}

function equal(one: Powers, other: Powers): boolean {
  return isWithin(one, other) && isWithin(other, one)
}
