import type { Finding, Pointer } from '../../../contract/diagnostic.ts'
import { resolveResources } from '../../../contract/fields/resources.ts'
import { type Instance, type JsonObject, PARAMETERS, type Surroundings } from '../../../contract/kind.ts'
import { inOrder } from '../manifest/order.ts'
import type { PlanStep, StepRollback } from '../manifest/plan-schema.ts'
import { promptText } from '../manifest/prompt-text.ts'
import { type ReadPlan, readPlan } from '../manifest/read-plan.ts'
import type { TemplateDefinition } from '../manifest/schema.ts'
import { chooseAgent } from './choose-agent.ts'
import type { InstanceDocument, InstanceRollback, InstanceStep, InstanceTask } from './document.ts'
import { checkParameters, secretNames, withDefaults } from './parameters.ts'
import { type ParameterFilling, renderText, renderValues, renderWhen, startFilling } from './render.ts'
import { makeFinding } from './rules.ts'

export type {
  DocumentText,
  InstanceDocument,
  InstanceRollback,
  InstanceStep,
  InstanceTask,
  InstanceWhen,
  LiteralValue,
  Parts,
  RunTimeReference,
} from './document.ts'

/** A template without a schema of parameters accepts none. */
const NO_PARAMETERS: JsonObject = {}

/** The state of making one instance. */
interface InstanceParts {
  definition: TemplateDefinition
  plan: ReadPlan
  surroundings: Surroundings
  filling: ParameterFilling
  findings: Finding[]
}

/**
 * Fills in a template that the kind's rules accepted. Equal parameters and workspaces always give equal documents,
 * and parameters that differ only in secrets do too.
 * @param secretsLater whether required secrets may be absent, as in examples
 */
export function instantiateTemplate(
  definition: TemplateDefinition,
  parameters: JsonObject,
  surroundings: Surroundings,
  secretsLater = false,
): { instance?: Instance; findings: Finding[] } {
  const schema = definition.manifest.parameters ?? NO_PARAMETERS
  const findings = checkParameters(schema, parameters, secretsLater)
  if (findings.length > 0) return { findings }
  const secrets = secretNames(schema)
  const filling = startFilling(withDefaults(schema, parameters), secrets)
  const document = makeDocument({ definition, plan: readPlan(definition), surroundings, filling, findings })
  if (filling.room < 0) findings.push(tooLarge())
  if (findings.length > 0) return { findings }
  return { instance: { uses: collectUses(document), document }, findings }
}

function makeDocument(making: InstanceParts): InstanceDocument {
  const { definition, plan, filling } = making
  const { parameters, secrets } = filling
  const steps = plan.steps.map((step, index) => makeStep(step, [...plan.at, index], making))
  return {
    steps,
    expectedOutputs: (definition.manifest.expectedOutputs ?? []).map((output) => ({
      required: true,
      ...output,
    })),
    rollback: makeRollback(making),
    secrets: [...secrets],
    parameters: Object.fromEntries(Object.entries(parameters).filter(([name]) => !secrets.has(name))),
  }
}

function makeStep(step: PlanStep, at: Pointer, making: InstanceParts): InstanceStep {
  const { retry, when } = step
  return {
    id: step.id,
    name: step.name ?? step.id,
    ...makeTask(step, at, making),
    dependsOn: [...(step.dependsOn ?? [])],
    ...(when === undefined ? {} : { when: renderWhen(when, making.filling) }),
    timeoutMs: step.timeoutMs ?? resolveResources(making.definition.manifest.resourceProfile).timeoutMs,
    retry: { maxAttempts: retry?.maxAttempts ?? 1, backoffMs: retry?.backoffMs ?? 0 },
    onFailure: step.onFailure ?? 'stop',
    approval: step.approval ?? 'none',
    sideEffects: step.sideEffects ?? 'none',
  }
}

function makeRollback(making: InstanceParts): InstanceRollback[] {
  const { plan } = making
  if (plan.steps.every(({ rollback }) => rollback === undefined)) return []
  return inOrder(plan.steps)
    .reverse()
    .flatMap((step) => {
      if (step.rollback === undefined) return []
      const at = [...plan.at, plan.steps.indexOf(step), 'rollback']
      return [{ step: step.id, ...makeTask(step.rollback, at, making) }]
    })
}

function makeTask(task: PlanStep | StepRollback, at: Pointer, making: InstanceParts): InstanceTask {
  const { definition, plan, surroundings, filling, findings } = making
  const agentId = chooseAgent(task, definition, surroundings)
  if (agentId === undefined)
    findings.push(
      makeFinding(
        'NOFX_INSTANCE_AGENT',
        { file: plan.file, pointer: [...at, 'skill'] },
        `no supported agent offers the skill "${task.skill}" any more`,
        'add an agent that offers it to supportedAgents',
      ),
    )
  const text = task.prompt === undefined ? undefined : promptText(task.prompt, definition)
  return {
    agentId: agentId ?? '',
    prompt: renderText(text ?? '', filling),
    inputs: renderValues(task.inputs ?? {}, filling),
  }
}

function collectUses({ steps, rollback }: InstanceDocument): Instance['uses'] {
  const ids = new Set([...steps, ...rollback].map(({ agentId }) => agentId))
  return Array.from(ids, (id) => ({ kind: 'agents', id }))
}

function tooLarge(): Finding {
  return makeFinding(
    'NOFX_INSTANCE_SIZE',
    { file: PARAMETERS, pointer: [] },
    'the texts of the plan take more than 500,000 characters once parameters are filled in',
    'give shorter values',
  )
}
