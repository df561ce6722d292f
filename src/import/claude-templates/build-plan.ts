import type { JsonObject } from '../../contract/kind.ts'
import type { Guess } from '../sources/format.ts'
import { chooseAgentId, GENERAL, type IsLive } from './agent-ids.ts'
import { type Conditions, readConditions } from './conditions.ts'
import type { Draft, Outline } from './draft.ts'
import { hasEffect } from './effects.ts'
import { type Filled, fill, type OutputReference, PATHS } from './fill.ts'
import { ANSWER, type FileOutput, fileOutputs, findPhase, lookups, MAX_OUTPUTS } from './outputs.ts'
import type { Parameters } from './parameters.ts'

/** A command's plan as a manifest has it. */
export interface ImportedPlan {
  steps: JsonObject[]
  expectedOutputs: JsonObject[]
  /** Prompt files by path. */
  prompts: Record<string, string>
  /** Ids of the agents of all steps, in order. */
  agents: string[]
  /** Steps that change what others see. */
  effects: Draft[]
  guesses: Guess[]
}

interface PlanParts {
  drafts: readonly Draft[]
  filled: readonly Filled[]
  outputs: readonly FileOutput[]
  conditions: Conditions
  /** Parameters that no prompt reads: every step is given them. */
  unreadParameters: readonly string[]
  isLive: IsLive
}

/** Fills in the texts of steps, and adds to each its dependencies, inputs and outputs. */
export function buildPlan({ drafts, notes }: Outline, parameters: Parameters, isLive: IsLive): ImportedPlan {
  const outputs = fileOutputs(drafts)
  const filled = drafts.map((draft, at) =>
    fill(draft.prompt, { ...parameters, ...lookups(drafts, outputs, at) }),
  )
  const read = new Set(filled.flatMap((one) => [...one.parameters]))
  const conditions = readConditions(drafts, parameters)
  const unreadParameters = parameters.names.filter((name) => !read.has(name))
  const making: PlanParts = { drafts, filled, outputs, conditions, unreadParameters, isLive }
  const answered = answersRead(making)
  return {
    steps: drafts.map((draft, at) => buildStep(making, draft, at, answered)),
    expectedOutputs: expectedOutputs(making),
    prompts: Object.fromEntries(drafts.map(({ id }, at) => [promptPath(id), `${filled[at]?.text}\n`])),
    agents: [...new Set(drafts.map(({ agent }) => chooseAgentId(agent, isLive)))],
    effects: drafts.filter(hasEffect),
    guesses: [...listGuesses(making), ...notes, ...conditions.notes],
  }
}

const promptPath = (id: string) => `prompts/${id}.md`

function buildStep(making: PlanParts, draft: Draft, at: number, answered: ReadonlySet<string>): JsonObject {
  const { conditions, isLive } = making
  const dependsOn = findDependencies(making, draft, at)
  const inputs = buildInputs(making, draft, at)
  const when = conditions.when.get(draft.id)
  const isLast = at === making.drafts.length - 1 && making.outputs.length === 0
  return {
    id: draft.id,
    name: draft.name,
    agentId: chooseAgentId(draft.agent, isLive),
    prompt: promptPath(draft.id),
    ...(Object.keys(inputs).length > 0 && { inputs }),
    ...(dependsOn.length > 0 && { dependsOn }),
    ...(answered.has(draft.id) && !isLast && { outputs: [ANSWER] }),
    ...(when !== undefined && { when }),
    ...(draft.approval && { approval: 'manual' }),
    ...(hasEffect(draft) && { sideEffects: 'irreversible' }),
  }
}

/** All of the group before, and steps of the own group whose outputs are read. */
function findDependencies(making: PlanParts, draft: Draft, at: number): string[] {
  const { drafts, filled } = making
  const before = drafts.filter(({ group }) => group === draft.group - 1).map(({ id }) => id)
  const beside = new Set(drafts.filter(({ group }) => group === draft.group).map(({ id }) => id))
  const references = [...(filled[at]?.references ?? []), ...resultsFor(making, draft, at)]
  const read = references.map(({ step }) => step).filter((step) => beside.has(step))
  return [...new Set([...before, ...read])]
}

function buildInputs(making: PlanParts, draft: Draft, at: number): JsonObject {
  const inputs: JsonObject = {}
  for (const name of making.unreadParameters) inputs[name] = `{{parameters.${name}}}`
  const give = ({ step, output }: OutputReference, name: string) => {
    inputs[inputs[name] === undefined ? name : `${step}-${output}`] = `{{steps.${step}.outputs.${output}}}`
  }
  for (const reference of making.filled[at]?.inputs ?? []) give(reference, reference.output)
  for (const reference of resultsFor(making, draft, at))
    give(reference, reference.output === ANSWER ? reference.step : reference.output)
  return inputs
}

/**
 * The outputs that the command's own session can use in a step, because it saw all earlier steps: those that the text
 * names, else all of them; a step that combines results gets the outputs of its phase.
 */
function resultsFor({ drafts, outputs, filled }: PlanParts, draft: Draft, at: number): OutputReference[] {
  if (!draft.isDescribed) return []
  const paths = new Set(draft.prompt.match(PATHS))
  const { file, files } = lookups(drafts, outputs, at)
  const read = [...paths].flatMap((path) =>
    path.includes('*') ? files(path).map(({ reference }) => reference) : (file(path) ?? []),
  )
  const phase = findPhase(draft)
  const before = drafts.filter(
    (one) => one.group < draft.group && (!draft.consolidates || findPhase(one) === phase),
  )
  const all = before.flatMap((one) => {
    const own = outputs.filter(({ step }) => step === one.id)
    return own.length > 0
      ? own.map(({ id, step }) => ({ step, output: id }))
      : [{ step: one.id, output: ANSWER }]
  })
  const references = read.length > 0 && !draft.consolidates ? read : all
  const filledIn = new Set(filled[at]?.references.map(keyOf))
  return [...new Map(references.map((one) => [keyOf(one), one])).values()].filter(
    (one) => !filledIn.has(keyOf(one)),
  )
}

const keyOf = ({ step, output }: OutputReference) => `${step}.${output}`

function answersRead(making: PlanParts): Set<string> {
  const references = [
    ...making.filled.flatMap((one) => one.references),
    ...making.drafts.flatMap((draft, at) => resultsFor(making, draft, at)),
  ]
  return new Set(references.filter(({ output }) => output === ANSWER).map(({ step }) => step))
}

/** The files that steps write; without any, the last step's answer. */
function expectedOutputs({ drafts, outputs, conditions }: PlanParts): JsonObject[] {
  const last = drafts.at(-1)
  const optional = (step: string) => conditions.when.has(step) || conditions.sometimes.has(step)
  const rest = (step: string) => (optional(step) ? { required: false } : {})
  if (outputs.length === 0)
    return last ? [{ id: ANSWER, type: 'text', fromStep: last.id, ...rest(last.id) }] : []
  return outputs.map(({ id, step, path }) => ({ id, type: 'file', fromStep: step, path, ...rest(step) }))
}

function listGuesses({ drafts, outputs, filled, unreadParameters, isLive }: PlanParts): Guess[] {
  const own = drafts.filter(({ agent }) => agent === undefined)
  const described = drafts.filter(({ agent, isDescribed }) => agent !== undefined && isDescribed)
  const renamed = drafts.flatMap(({ agent }) => {
    const id = chooseAgentId(agent, isLive)
    return agent === undefined || agent === id ? [] : [`${agent} → ${id}`]
  })
  return [
    ...own.map(({ name }) => ({
      field: 'defaultPlan.steps.agentId',
      what: name,
      why: `no agent is named for it, the command does it itself: given to ${GENERAL}`,
    })),
    ...[...new Set(renamed)].map((what) => ({
      field: 'defaultPlan.steps.agentId',
      what,
      why: 'the plugin’s name is not part of an agent’s id',
    })),
    ...described.map(({ name }) => ({
      field: 'defaultPlan.steps.prompt',
      what: name,
      why: 'the source has no prompt for its agent: the section’s text became one',
    })),
    ...(unreadParameters.length > 0
      ? [
          {
            field: 'defaultPlan.steps.inputs',
            what: unreadParameters.join(', '),
            why: 'no prompt reads them: every step is given them',
          },
        ]
      : []),
    ...(drafts.flatMap(({ files }) => files).length > outputs.length
      ? [{ field: 'expectedOutputs', what: `the first ${MAX_OUTPUTS}`, why: 'a template may have no more' }]
      : []),
    ...filled.flatMap(({ notes }) => notes.map((note) => ({ field: 'defaultPlan.steps.prompt', ...note }))),
  ]
}
