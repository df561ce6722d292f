import type { Finding } from '../../../contract/diagnostic.ts'
import { isError } from '../../../contract/diagnostic.ts'
import { checkIdentity } from '../../../contract/fields/identity.ts'
import { checkLifecycle } from '../../../contract/fields/lifecycle-rules.ts'
import type { Surroundings } from '../../../contract/kind.ts'
import { findSecrets } from '../manifest/declared.ts'
import { viewPlan } from '../manifest/plan-view.ts'
import type { TemplateDefinition } from '../manifest/schema.ts'
import { checkAgents } from './agents.ts'
import { checkExamples } from './examples.ts'
import { checkOutputs } from './outputs.ts'
import { checkParameterSchema } from './parameters.ts'
import { checkPresence } from './presence.ts'
import { checkResources } from './resources.ts'
import { checkRollback } from './rollback.ts'
import { checkSteps } from './steps.ts'
import { checkStepTexts } from './texts.ts'

/** Applies every rule for templates beyond the shape, in the order of the manifest's fields. */
export function checkTemplate(definition: TemplateDefinition, surroundings: Surroundings): Finding[] {
  const { manifest, manifestPath: file } = definition
  const findings: Finding[] = []
  checkIdentity(manifest, file, findings)
  if (manifest.status !== 'draft') checkPresence(definition, findings)
  const secrets = findSecrets(manifest)
  const hasSchema = checkParameterSchema(definition, secrets, findings)
  const plan = viewPlan(definition)
  findings.push(...plan.findings)
  checkSteps(plan, findings)
  const size = checkStepTexts(plan, secrets, findings)
  checkOutputs(plan, findings)
  checkRollback(plan, findings)
  checkAgents(plan, surroundings, findings)
  checkResources(plan, surroundings, findings)
  if (hasSchema)
    checkExamples(definition, surroundings, secrets, findings.some(isError) ? undefined : size, findings)
  checkLifecycle(definition, 'template', findings)
  return findings
}
