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
  const { powers, keptFields } = view
  const serverTools = servers.flatMap(({ writtenName, allowedTools }) =>
    listServerTools(client, writtenName, allowedTools),
  )
  const permittedTools = [...toolsFor(client, powers), ...serverTools]
  if (!keptFields) return permittedTools
  const keptTools = readList(keptFields.tools)
  if (keptTools === undefined) {
    const isUnchanged = toolsFor(client, powers).length === 0
    if (keptFields.tools !== undefined) page.note(AGENT_ROWS.changedTools)
    else if (isUnchanged && !allowEffects) page.note(AGENT_ROWS.everyTool)
    return isUnchanged && allowEffects && keptFields.tools === undefined ? undefined : permittedTools
  }
  const isSame =
    equal(powersFor(client, keptTools), powers) &&
    (allowEffects || serverTools.every((tool) => keptTools.includes(tool)))
  const allowed = keptTools.filter(
    (tool) => allowEffects || serverTools.includes(tool) || isCovered(client, tool, powers),
  )
  page.note(isSame && allowed.length === keptTools.length ? AGENT_ROWS.keptTools : AGENT_ROWS.changedTools)
  if (!isSame) return permittedTools
  return allowed.length === keptTools.length ? keptFields.tools : allowed
}

/** The tools that a list names: text with commas, or a list of texts; undefined for anything else. */
export function readList(tools: JsonObject[string]): string[] | undefined {
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
  const toolPowers = powersFor(client, [tool])
  const isKnown = toolPowers.filesystem !== 'none' || toolPowers.shell || toolPowers.hosts.length > 0
  return isKnown && isWithin(toolPowers, powers)
}

function listServerTools(
  client: ToolClient,
  server: string,
  allowed: readonly string[] | undefined,
): string[] {
  const { serverTool } = TOOLS[client]
  return allowed === undefined ? [serverTool(server)] : allowed.map((tool) => serverTool(server, tool))
}

function equal(one: Powers, other: Powers): boolean {
  return isWithin(one, other) && isWithin(other, one)
}
