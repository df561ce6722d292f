import { isSame, shownList } from '../../../contract/fields/compare.ts'
import type { Risk } from '../../../contract/kind.ts'
import type { PlanStep } from '../manifest/plan-schema.ts'
import { readPlan } from '../manifest/read-plan.ts'
import type { TemplateDefinition } from '../manifest/schema.ts'
import { raisedLevel } from './limits.ts'

type AddRisk = (id: string, level: Risk['level'], field: string, message: string) => void

/** Changes to the side effects of steps, to their approvals and to their rollbacks. */
export function planRisks(before: TemplateDefinition | undefined, after: TemplateDefinition): Risk[] {
  const risks: Risk[] = []
  const old = new Map((before ? readPlan(before).steps : []).map((step) => [step.id, step]))
  const steps = readPlan(after).steps
  for (const step of steps) {
    const add: AddRisk = (id, level, field, message) =>
      void risks.push({ id, level, field: `defaultPlan.steps.${step.id}${field}`, message })
    const then = old.get(step.id)
    if (then !== undefined) changedStep(then, step, add)
    else newStep(step, before === undefined, add)
  }
  const stepIds = new Set(steps.map(({ id }) => id))
  for (const step of old.values()) if (!stepIds.has(step.id)) risks.push(removedStep(step))
  return [...risks, ...(before ? outputRisks(before, after) : [])]
}

function newStep(
  { id, sideEffects = 'none', approval = 'none' }: PlanStep,
  isAllNew: boolean,
  add: AddRisk,
): void {
  if (sideEffects === 'irreversible' && approval === 'none')
    add('step-irreversible', 'high', '.sideEffects', `the step ${id} is irreversible and has no approval`)
  else if (sideEffects === 'irreversible')
    add('step-irreversible', isAllNew ? 'medium' : 'high', '.sideEffects', `the step ${id} is irreversible`)
  else if (!isAllNew)
    add('step-added', sideEffects === 'none' ? 'low' : 'medium', '', `the step ${id} is new`)
}

function removedStep({ id, approval }: PlanStep): Risk {
  return {
    id: 'step-removed',
    level: approval === 'manual' ? 'high' : 'medium',
    field: `defaultPlan.steps.${id}`,
    message: `the step ${id}${approval === 'manual' ? ', which waited for approval,' : ''} is removed`,
  }
}

const EFFECTS = ['none', 'reversible', 'irreversible'] as const

function changedStep(before: PlanStep, after: PlanStep, add: AddRisk): void {
  const { id } = after
  const [effects, now] = [before.sideEffects ?? 'none', after.sideEffects ?? 'none']
  if (EFFECTS.indexOf(now) > EFFECTS.indexOf(effects))
    add(
      now === 'irreversible' ? 'step-irreversible' : 'step-effects',
      now === 'irreversible' ? 'high' : 'medium',
      '.sideEffects',
      `side effects of the step ${id}: ${effects} → ${now}`,
    )
  if (before.approval === 'manual' && after.approval !== 'manual')
    add('step-approval-removed', 'high', '.approval', `the step ${id} no longer waits for approval`)
  if (before.rollback !== undefined && after.rollback === undefined)
    add('step-rollback-removed', 'high', '.rollback', `the step ${id} can no longer be rolled back`)
  else if (before.rollback !== undefined && !isSame(before.rollback, after.rollback))
    add('step-rollback-changed', 'medium', '.rollback', `the step ${id} is rolled back in another way`)
  doerRisks(before, after, add)
  flowRisks(before, after, add)
}

function doerRisks(before: PlanStep, after: PlanStep, add: AddRisk): void {
  const [old, now] = [describeDoer(before), describeDoer(after)]
  if (old !== now)
    add('step-agent-changed', 'high', '', `the step ${after.id} goes to ${now} instead of ${old}`)
}

function describeDoer({ agentId, skill }: PlanStep): string {
  return agentId === undefined ? `any agent that offers ${skill ?? 'nothing'}` : `the agent ${agentId}`
}

function flowRisks(before: PlanStep, after: PlanStep, add: AddRisk): void {
  const { id } = after
  if (before.when !== undefined && before.when !== after.when)
    add(
      'step-condition-changed',
      'medium',
      '.when',
      after.when === undefined ? `the step ${id} always runs` : `the step ${id} runs on another condition`,
    )
  const removedSteps = (before.dependsOn ?? []).filter((step) => !after.dependsOn?.includes(step))
  if (removedSteps.length > 0)
    add(
      'step-order-changed',
      'medium',
      '.dependsOn',
      `the step ${id} no longer waits for ${shownList(removedSteps)}`,
    )
  const [failure, onFailure] = [before.onFailure ?? 'stop', after.onFailure ?? 'stop']
  if (failure !== onFailure)
    add(
      'step-failure-changed',
      onFailure === 'continue' ? 'medium' : 'low',
      '.onFailure',
      `when the step ${id} fails: ${failure} → ${onFailure}`,
    )
  limitRisks(before, after, add)
}

function limitRisks(before: PlanStep, after: PlanStep, add: AddRisk): void {
  const [time, attempts] = [before.timeoutMs, before.retry?.maxAttempts ?? 1]
  const [timeNow, attemptsNow] = [after.timeoutMs, after.retry?.maxAttempts ?? 1]
  if (time !== undefined && (timeNow === undefined || timeNow > time))
    add(
      'step-timeout-raised',
      timeNow === undefined ? 'medium' : raisedLevel(time, timeNow),
      '.timeoutMs',
      `timeoutMs of the step ${after.id} ${time} → ${timeNow ?? '(none)'}`,
    )
  if (attemptsNow > attempts)
    add('step-retry-raised', 'low', '.retry', `attempts of the step ${after.id} ${attempts} → ${attemptsNow}`)
}

/** Changes to outputs that callers rely on. */
function outputRisks(before: TemplateDefinition, after: TemplateDefinition): Risk[] {
  const now = new Map((after.manifest.expectedOutputs ?? []).map((output) => [output.id, output]))
  return (before.manifest.expectedOutputs ?? []).flatMap((output): Risk[] => {
    const outputNow = now.get(output.id)
    const risk = (id: string, level: Risk['level'], message: string): Risk[] => [
      { id, level, field: `expectedOutputs.${output.id}`, message },
    ]
    if (outputNow === undefined)
      return risk('output-removed', 'high', `a run no longer leaves ${output.id} behind`)
    if (
      outputNow.type !== output.type ||
      outputNow.path !== output.path ||
      !isSame(outputNow.schema, output.schema)
    )
      return risk('output-changed', 'medium', `what a run leaves behind as ${output.id} is different`)
    if (output.required !== false && outputNow.required === false)
      return risk('output-optional', 'medium', `a run may end without ${output.id}`)
    return []
  })
}
