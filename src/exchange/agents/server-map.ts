import type { JsonObject } from '../../contract/kind.ts'
import type { LedgerPage } from '../contract/ledger.ts'
import type { WrittenServer } from '../servers/write-servers.ts'
import { AGENT_ROWS } from './agent-rows.ts'
import type { AgentView } from './agent-view.ts'

/** Servers as the source has them, with those that it only names, where that is allowed. */
export function restoreServers(
  page: LedgerPage,
  { keptFields }: AgentView,
  fields: JsonObject,
  name: string,
  allowEffects: boolean,
): void {
  if (keptFields?.[name] === undefined) return
  page.note(allowEffects ? AGENT_ROWS.kept : AGENT_ROWS.keptEffect, `metadata.import.kept.${name}`)
  if (allowEffects) fields[name] = keptFields[name]
}

/** Servers by the name in the client. */
export function mapServers(servers: readonly WrittenServer[]): JsonObject | undefined {
  if (servers.length === 0) return undefined
  return Object.fromEntries(servers.map(({ writtenName, config }) => [writtenName, config]))
}
