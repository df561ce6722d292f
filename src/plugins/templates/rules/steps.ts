import type { Finding, Pointer } from '../../../contract/diagnostic.ts'
import { duplicates } from '../../../contract/fields/duplicates.ts'
import { dotted, quoted } from '../../../contract/fields/shown.ts'
import { nearest } from '../../../contract/text/nearest.ts'
import type { PlanStep } from '../manifest/plan-schema.ts'
import type { PlanView } from '../manifest/plan-view.ts'
import { makeFinding } from './catalogue.ts'

/** Checks the steps one by one, and their order. */
export function checkSteps(plan: PlanView, findings: Finding[]): void {
  checkIds(plan, findings)
  plan.steps.forEach((step, index) => {
    if (!hasDoer(step)) addDoerFinding(plan, step, [...plan.at, index], findings)
    if (step.rollback && !hasDoer(step.rollback))
      addDoerFinding(plan, step.rollback, [...plan.at, index, 'rollback'], findings)
    if (step.dependsOn) checkDependencies(plan, step.dependsOn, index, findings)
  })
  if (plan.cycle) checkCycle(plan, plan.cycle, findings)
}

function checkIds({ file, at, steps, byId }: PlanView, findings: Finding[]): void {
  if (byId.size === steps.length) return
  const ids = steps.map(({ id }) => id)
  for (const { index, first } of duplicates(ids))
    findings.push(
      makeFinding(
        'NOFX_STEP_DUPLICATE',
        { file, pointer: [...at, index, 'id'] },
        `${dotted([...at, index, 'id'])} ${quoted(ids[index] as string)} repeats ${dotted([...at, first, 'id'])}`,
        'give each step its own id',
      ),
    )
}

type Doer = Pick<PlanStep, 'agentId' | 'skill'>

/** True if exactly one of the two is given. */
function hasDoer({ agentId, skill }: Doer): boolean {
  return (agentId === undefined) !== (skill === undefined)
}

function addDoerFinding(
  { file }: PlanView,
  { agentId, skill }: Doer,
  pointer: Pointer,
  findings: Finding[],
): void {
  findings.push(
    agentId === undefined
      ? makeFinding(
          'NOFX_STEP_AGENT',
          { file, pointer },
          `${dotted(pointer)} names neither an agentId nor a skill`,
          'add "agentId" with an agent, or "skill" with what it takes',
        )
      : makeFinding(
          'NOFX_STEP_AGENT',
          { file, pointer: [...pointer, 'skill'], key: true },
          `${dotted(pointer)} names both the agentId ${quoted(agentId)} and the skill ${quoted(skill ?? '')}`,
          'remove one of the two',
        ),
  )
}

function checkDependencies(
  { file, at, byId }: PlanView,
  dependsOn: readonly string[],
  index: number,
  findings: Finding[],
): void {
  for (const [position, id] of dependsOn.entries()) {
    if (byId.has(id)) continue
    const pointer = [...at, index, 'dependsOn', position]
    const near = nearest(id, byId.keys())
    findings.push(
      makeFinding(
        'NOFX_STEP_DEPENDENCY',
        { file, pointer },
        `${dotted(pointer)} ${quoted(id)} is not a step of the plan`,
        near ? `write ${quoted(near)}` : 'name a step of the plan, or remove it',
      ),
    )
  }
}

/** Reports a cycle at the arrow that closes it: the dependency of the cycle's first step. */
function checkCycle({ file, at, steps }: PlanView, cycle: readonly string[], findings: Finding[]): void {
  const [first, second] = cycle
  const index = steps.findLastIndex(({ id }) => id === first)
  const position = steps[index]?.dependsOn?.indexOf(second as string) ?? 0
  const pointer = [...at, index, 'dependsOn', position]
  const path = cycle.length > 12 ? [...cycle.slice(0, 10), '…', ...cycle.slice(-1)] : cycle
  findings.push(
    makeFinding(
      'NOFX_STEP_CYCLE',
      { file, pointer },
      cycle.length === 2
        ? `the step ${first} depends on itself: ${path.join(' → ')}`
        : `steps wait for each other: ${path.join(' → ')}`,
      `remove ${quoted(second as string)} from ${dotted([...at, index, 'dependsOn'])}, or another of these dependencies`,
    ),
  )
}
