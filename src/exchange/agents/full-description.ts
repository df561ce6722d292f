import { identityFields } from '../../contract/fields/identity.ts'
import type { LedgerPage } from '../contract/ledger.ts'
import { AGENT_ROWS } from './agent-rows.ts'
import type { AgentView } from './agent-view.ts'

/** The description, with what an import had to cut off: both together are longer than a description may be. */
export function fullDescription(page: LedgerPage, { manifest, keptFields }: AgentView): string {
  const { description } = manifest
  const rest = keptFields?.descriptionRest
  if (rest === undefined) return description
  const whole = `${description}${String(rest)}`
  const isCut = typeof rest === 'string' && !identityFields.description.safeParse(whole).success
  page.note(isCut ? AGENT_ROWS.kept : AGENT_ROWS.keptElsewhere, 'metadata.import.kept.descriptionRest')
  return isCut ? whole : description
}
