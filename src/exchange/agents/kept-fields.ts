import type { JsonObject } from '../../contract/kind.ts'
import type { LedgerPage } from '../contract/ledger.ts'
import { AGENT_ROWS } from './agent-rows.ts'
import type { AgentView } from './agent-view.ts'

/** Who an agent is comes from its manifest: what was kept may have been edited since. */
const OWN = ['name', 'description', 'developer_instructions']

/** How a format gives back what an import kept. */
export interface KeptForm {
  /** Fields that the writer makes itself, or that nothing makes again. */
  writerFields: readonly string[]
  /** Whether a field lets the agent do more than its permissions say. */
  isEffect(name: string, value: unknown): boolean
  /** Whether the client accepts the field with this value; all of them, when it is not given. */
  accepts?(name: string, value: unknown): boolean
}

/** The fields that an import of this format kept, without those that would let the agent do more. */
export function restoreFields(
  page: LedgerPage,
  { keptFields = {} }: AgentView,
  form: KeptForm,
  allowEffects: boolean,
): JsonObject {
  const restored: JsonObject = {}
  for (const [name, value] of Object.entries(keptFields)) {
    if (form.writerFields.includes(name)) continue
    const at = `metadata.import.kept.${name}`
    if (OWN.includes(name) || (form.accepts && !form.accepts(name, value)))
      page.note(AGENT_ROWS.keptElsewhere, at)
    else if (form.isEffect(name, value) && !allowEffects) page.note(AGENT_ROWS.keptEffect, at)
    else {
      restored[name] = value
      page.note(AGENT_ROWS.kept, at)
    }
  }
  return restored
}
