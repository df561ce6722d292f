import { lifecycleRisks } from '../../contract/fields/lifecycle-risks.ts'
import type { Risk } from '../../contract/kind.ts'
import { agentRisks } from './risks/agents.ts'
import { limitRisks } from './risks/limits.ts'
import { parameterRisks } from './risks/parameters.ts'
import { planRisks } from './risks/plan.ts'
import type { TemplateDefinition } from './schema.ts'

/** What a reviewer should look at first when a template goes from `before` (undefined: it is new) to `after`. */
export function templateRisks(before: TemplateDefinition | undefined, after: TemplateDefinition): Risk[] {
  return [
    ...agentRisks(before, after),
    ...planRisks(before, after),
    ...parameterRisks(before?.manifest, after.manifest),
    ...(before ? limitRisks(before.manifest, after.manifest) : []),
    ...(before ? lifecycleRisks(before.manifest, after.manifest) : []),
  ]
}
