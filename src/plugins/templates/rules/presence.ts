import type { Finding } from '../../../contract/diagnostic.ts'
import { readPlan } from '../manifest/read-plan.ts'
import type { TemplateDefinition } from '../manifest/schema.ts'
import { makeFinding } from './catalogue.ts'

type PresenceRule = Parameters<typeof makeFinding>[0]

/** Reports fields that only a draft may omit. */
export function checkPresence(definition: TemplateDefinition, findings: Finding[]): void {
  const { manifest } = definition
  const { category, defaultPlan, expectedOutputs, rollbackAdvice, supportedAgents } = manifest
  const missing = (rule: PresenceRule, field: keyof typeof manifest, hint: string) =>
    void findings.push(absence(definition, rule, field, hint))
  if (category === undefined)
    missing('NOFX_CATEGORY_MISSING', 'category', 'add "category" with a word such as "code-review"')
  if (defaultPlan === undefined) missing('NOFX_PLAN_MISSING', 'defaultPlan', 'add "defaultPlan" with "steps"')
  else checkSteps(definition, findings)
  if (!expectedOutputs?.length)
    missing(
      'NOFX_OUTPUT_MISSING',
      'expectedOutputs',
      'add what a run leaves behind, with id, type and fromStep',
    )
  if (rollbackAdvice === undefined)
    missing('NOFX_ROLLBACK_MISSING', 'rollbackAdvice', 'say how to undo a run')
  if (!supportedAgents?.length)
    missing('NOFX_AGENT_MISSING', 'supportedAgents', 'add the agents that may take the steps')
}

/** Reports a field that is missing or is an empty list. */
function absence(
  { manifest, manifestPath: file }: TemplateDefinition,
  rule: PresenceRule,
  field: keyof TemplateDefinition['manifest'],
  hint: string,
): Finding {
  const isEmpty = manifest[field] !== undefined
  return makeFinding(
    rule,
    isEmpty ? { file, pointer: [field] } : { file, pointer: [], absent: field },
    isEmpty ? `${field} is empty` : `${field} is missing`,
    `${hint}, or set "status": "draft"`,
  )
}

function checkSteps(definition: TemplateDefinition, findings: Finding[]): void {
  const plan = readPlan(definition)
  if (plan.steps.length > 0 || plan.findings.length > 0 || !definition.texts.has(plan.file)) return
  findings.push(
    makeFinding(
      'NOFX_PLAN_MISSING',
      { file: plan.file, pointer: plan.at },
      'the plan has no steps',
      'add a step with id, name and agentId or skill, or set "status": "draft"',
    ),
  )
}
