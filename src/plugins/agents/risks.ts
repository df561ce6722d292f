import { lifecycleRisks } from '../../contract/fields/lifecycle-risks.ts'
import type { Risk } from '../../contract/kind.ts'
import { evalsRisks } from './risks/evals.ts'
import { mcpRisks } from './risks/mcp.ts'
import { offerRisks } from './risks/offer.ts'
import { permissionRisks } from './risks/permissions.ts'
import type { AgentDefinition } from './schema.ts'

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
