import type { Finding } from '../../../contract/diagnostic.ts'
import { dotted, quoted } from '../../../contract/fields/shown.ts'
import { nearest } from '../../../contract/text/nearest.ts'
import type { PlanStep } from '../manifest/plan-schema.ts'
import type { PlanView } from '../manifest/plan-view.ts'
import type { RollbackAdvice } from '../manifest/schema.ts'
import { makeFinding } from './catalogue.ts'
import { mentions } from './mentions.ts'

const AT = ['rollbackAdvice']
type RollbackLists = Exclude<RollbackAdvice, string>

/** Checks how a run is undone. */
export function checkRollback(plan: PlanView, findings: Finding[]): void {
  const advice = plan.definition.manifest.rollbackAdvice
  if (advice !== undefined) checkAdvice(plan, advice, findings)
  if (!plan.cycle) checkOnFailure(plan, findings)
}

function checkAdvice(plan: PlanView, advice: RollbackAdvice, findings: Finding[]): void {
  const file = plan.definition.manifestPath
  const effects = plan.steps.filter(({ sideEffects = 'none' }) => sideEffects !== 'none')
  const summary = typeof advice === 'string' ? advice : advice.summary
  if (summary.trim() === '') {
    const pointer = typeof advice === 'string' ? AT : [...AT, 'summary']
    const names = effects.length > 0 ? `, for ${effects.map(({ id }) => id).join(', ')} above all` : ''
    findings.push(
      makeFinding(
        'NOFX_ROLLBACK_MISSING',
        { file, pointer },
        `${dotted(pointer)} is empty`,
        `say how to undo a run${names}`,
      ),
    )
    if (typeof advice === 'string') return
  }
  if (typeof advice === 'string') checkText(advice, effects, file, findings)
  else checkLists(plan, advice, effects, file, findings)
}

function checkText(advice: string, effects: readonly PlanStep[], file: string, findings: Finding[]): void {
  const text = advice.toLowerCase()
  for (const step of effects)
    if (!mentions(text, step))
      findings.push(
        makeFinding(
          'NOFX_ROLLBACK_STEP',
          { file, pointer: AT },
          `rollbackAdvice does not mention the step ${step.id}, whose side effects are ${step.sideEffects}`,
          `say what to do about ${step.id}`,
        ),
      )
}

function checkLists(
  plan: PlanView,
  { summary, steps = [], irreversible = [] }: RollbackLists,
  effects: readonly PlanStep[],
  file: string,
  findings: Finding[],
): void {
  const text = summary.toLowerCase()
  for (const step of effects) {
    if (irreversible.includes(step.id)) continue
    if (step.sideEffects === 'irreversible')
      findings.push(
        makeFinding(
          'NOFX_ROLLBACK_IRREVERSIBLE',
          { file, pointer: AT },
          `rollbackAdvice.irreversible does not name the step ${step.id}, which is irreversible`,
          `add ${quoted(step.id)} to rollbackAdvice.irreversible`,
        ),
      )
    else if (!steps.includes(step.id) && !mentions(text, step))
      findings.push(
        makeFinding(
          'NOFX_ROLLBACK_STEP',
          { file, pointer: AT },
          `rollbackAdvice does not name the step ${step.id}, whose side effects are reversible`,
          `add ${quoted(step.id)} to rollbackAdvice.steps`,
        ),
      )
  }
  if (plan.steps.length === 0) return
  checkNames(plan, 'steps', steps, findings)
  checkNames(plan, 'irreversible', irreversible, findings)
}

function checkNames(
  { definition, byId }: PlanView,
  field: 'steps' | 'irreversible',
  ids: readonly string[],
  findings: Finding[],
): void {
  for (const [index, id] of ids.entries()) {
    if (byId.has(id)) continue
    const near = nearest(id, byId.keys())
    findings.push(
      makeFinding(
        'NOFX_ROLLBACK_STEP',
        { file: definition.manifestPath, pointer: [...AT, field, index] },
        `rollbackAdvice.${field}[${index}] ${quoted(id)} is not a step of the plan`,
        near ? `write ${quoted(near)}` : 'name a step of the plan, or remove it',
      ),
    )
  }
}

/** When a step fails, every step that does not wait for it may have been done, itself included. */
function checkOnFailure({ file, at, steps, isBefore }: PlanView, findings: Finding[]): void {
  for (const [index, { id, onFailure }] of steps.entries()) {
    if (onFailure !== 'rollback') continue
    if (steps.some((other) => other.rollback !== undefined && !isBefore(id, other.id))) continue
    const pointer = [...at, index, 'onFailure']
    findings.push(
      makeFinding(
        'NOFX_ROLLBACK_NOTHING',
        { file, pointer },
        `${dotted(pointer)} is "rollback", but no step that may have run before has a rollback`,
        'add "rollback" to the step with the side effects, or write "stop"',
      ),
    )
  }
}
