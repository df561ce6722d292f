import type { Finding } from '../../contract/diagnostic.ts'
import { checkIdentity } from '../../contract/fields/identity.ts'
import { checkLifecycle } from '../../contract/fields/lifecycle-rules.ts'
import type { Workspace } from '../../contract/kind.ts'
import { secretsOf } from './declared.ts'
import { viewPlan } from './plan-view.ts'
import { checkAgents } from './rules/agents.ts'
import { checkExamples } from './rules/examples.ts'
import { checkOutputs } from './rules/outputs.ts'
import { checkParameterSchema } from './rules/parameters.ts'
import { checkPresence } from './rules/presence.ts'
import { checkResources } from './rules/resources.ts'
import { checkRollback } from './rules/rollback.ts'
import { checkSteps } from './rules/steps.ts'
import { checkStepTexts } from './rules/texts.ts'
import type { TemplateDefinition } from './schema.ts'

/** Every rule on a template beyond its shape, in the order of the manifest's fields. */
export function checkTemplate(item: TemplateDefinition, workspace: Workspace): Finding[] {
  const { manifest, manifestPath: file } = item
  const findings: Finding[] = []
  checkIdentity(manifest, file, findings)
  if (manifest.status !== 'draft') checkPresence(item, findings)
  const secrets = secretsOf(manifest)
  const hasSchema = checkParameterSchema(item, secrets, findings)
  const plan = viewPlan(item)
  findings.push(...plan.findings)
  checkSteps(plan, findings)
  const size = checkStepTexts(plan, secrets, findings)
  checkOutputs(plan, findings)
  checkRollback(plan, findings)
  checkAgents(plan, workspace, findings)
  checkResources(plan, workspace, findings)
  if (hasSchema) checkExamples(item, workspace, secrets, findings.some(isError) ? undefined : size, findings)
  checkLifecycle(item, 'template', findings)
  return findings
}

function isError({ severity }: Finding): boolean {
  return severity === 'error'
}
