import type { Finding } from '../../../contract/diagnostic.ts'
import { readPlan } from '../manifest/plan.ts'
import type { TemplateDefinition } from '../manifest/schema.ts'
import { report } from './catalogue.ts'

type PresenceRule = Parameters<typeof report>[0]

/** What everything but a draft has. */
export function checkPresence(item: TemplateDefinition, findings: Finding[]): void {
  const { manifest, manifestPath: file } = item
  const missing = (rule: PresenceRule, field: string, isEmpty: boolean, hint: string) =>
    void findings.push(
      report(
        rule,
        isEmpty ? { file, pointer: [field] } : { file, pointer: [], absent: field },
        isEmpty ? `${field} is empty` : `${field} is missing`,
        `${hint}, or set "status": "draft"`,
      ),
    )
  if (manifest.category === undefined)
    missing('NOFX_CATEGORY_MISSING', 'category', false, 'add "category" with a word such as "code-review"')
  const plan = readPlan(item)
  if (manifest.defaultPlan === undefined)
    missing('NOFX_PLAN_MISSING', 'defaultPlan', false, 'add "defaultPlan" with "steps"')
  else if (plan.steps.length === 0 && plan.findings.length === 0 && item.texts.has(plan.file))
    findings.push(
      report(
        'NOFX_PLAN_MISSING',
        { file: plan.file, pointer: plan.at },
        'the plan has no steps',
        'add a step with id, name and agentId or skill, or set "status": "draft"',
      ),
    )
  if (!manifest.expectedOutputs?.length)
    missing(
      'NOFX_OUTPUT_MISSING',
      'expectedOutputs',
      manifest.expectedOutputs !== undefined,
      'add what a run leaves behind, with id, type and fromStep',
    )
  if (manifest.rollbackAdvice === undefined)
    missing('NOFX_ROLLBACK_MISSING', 'rollbackAdvice', false, 'say how to undo a run')
  if (!manifest.supportedAgents?.length)
    missing(
      'NOFX_AGENT_MISSING',
      'supportedAgents',
      manifest.supportedAgents !== undefined,
      'add the agents that may take the steps',
    )
}
