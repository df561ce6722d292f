import { lifecycleRisks } from '../../../contract/fields/lifecycle-risks.ts'
import type { Risk } from '../../../contract/kind.ts'
import type { TemplateDefinition } from '../manifest/schema.ts'
import { agentRisks } from './agents.ts'
import { limitRisks } from './limits.ts'
import { parameterRisks } from './parameters.ts'
import { planRisks } from './steps.ts'

/**
 * What a reviewer should check first when a template changes from `before` (undefined for a new template) to `after`.
 */
export function templateRisks(before: TemplateDefinition | undefined, after: TemplateDefinition): Risk[] {
  return [
    ...agentRisks(before, after),
    ...planRisks(before, after),
    ...parameterRisks(before?.manifest, after.manifest),
    ...(before ? limitRisks(before.manifest, after.manifest) : []),
    ...(before ? lifecycleRisks(before.manifest, after.manifest) : []),
  ]
}
