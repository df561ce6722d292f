import { lifecycleRisks } from '../../../contract/fields/lifecycle-risks.ts'
import type { Risk } from '../../../contract/kind.ts'
import type { AgentDefinition } from '../manifest/schema.ts'
import { evalsRisks } from './evals.ts'
import { mcpRisks } from './mcp.ts'
import { offerRisks } from './offer.ts'
import { permissionRisks } from './permissions.ts'

/** What a reviewer should look at first when an agent goes from `before` (undefined: it is new) to `after`. */
export function agentRisks(before: AgentDefinition | undefined, after: AgentDefinition): Risk[] {
  return [
    ...mcpRisks(before, after),
    ...permissionRisks(before?.manifest, after.manifest),
    ...(before ? offerRisks(before, after) : []),
    ...(before ? lifecycleRisks(before.manifest, after.manifest) : []),
    ...(before ? evalsRisks(before.manifest, after.manifest) : []),
  ]
}
