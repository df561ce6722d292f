import { lifecycleRisks } from '../../../contract/fields/lifecycle-risks.ts'
import type { Risk } from '../../../contract/kind.ts'
import type { AgentDefinition } from '../manifest/schema.ts'
import { evalsRisks } from './evals.ts'
import { keptRisks } from './kept.ts'
import { mcpRisks } from './mcp.ts'
import { offerRisks } from './offer.ts'
import { permissionRisks } from './permissions.ts'

/** What a reviewer should check first when an agent changes from `before` (undefined for a new agent) to `after`. */
export function agentRisks(before: AgentDefinition | undefined, after: AgentDefinition): Risk[] {
  return [
    ...mcpRisks(before, after),
    ...permissionRisks(before?.manifest, after.manifest),
    ...keptRisks(before?.manifest, after.manifest),
    ...(before ? offerRisks(before, after) : []),
    ...(before ? lifecycleRisks(before.manifest, after.manifest) : []),
    ...(before ? evalsRisks(before.manifest, after.manifest) : []),
  ]
}
