import * as z from 'zod'
import { definitionId } from '../../../contract/fields/id.ts'
import { title } from '../../../contract/fields/identity.ts'
import { relativePath } from '../../../contract/fields/relative-path.ts'
import { about, list, maybe, text, whole } from '../../../contract/fields/shape.ts'

/** Names in placeholders: of steps, outputs and parameters. */
export const NAME = /^(?!__proto__$)[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?$/

/** The name of a step or an output. */
export const name = () =>
  text({ min: 1, max: 64, pattern: NAME, must: 'must be letters, digits, "_" and "-"' })

/** A prompt: the path of its file, or its text. */
const prompt = () =>
  z.union([
    relativePath,
    z.strictObject({ text: about('The prompt itself.', text({ min: 1, max: 65_536 })) }),
  ])

/** The agent or the skill of a task: exactly one of the two, as a rule checks. */
const doer = () => ({
  agentId: maybe('The agent that takes the step; one of supportedAgents.', definitionId),
  skill: maybe(
    'The skill that the step needs. The first of supportedAgents that offers the skill takes the step.',
    text({
      min: 2,
      max: 64,
      pattern: /^[A-Za-z][A-Za-z0-9]*(?:[._-][A-Za-z0-9]+)*$/,
      must: 'must be words joined by "-", "_" or "."',
    }),
  ),
  inputs: maybe(
    'The inputs of the step, by name. Texts may contain placeholders.',
    z.record(z.string(), z.unknown()),
  ),
})

const rollback = z.strictObject({
  ...doer(),
  prompt: about('The prompt that undoes the step: a file, or { "text": "…" }.', prompt()),
})

const retry = z.strictObject({
  maxAttempts: about('Number of attempts, including the first.', whole(1, 10)),
  backoffMs: maybe('Milliseconds between two attempts; 0 by default.', whole(0, 3_600_000)),
})

const step = z.strictObject({
  id: about('The id that other steps and placeholders use; unique in the plan.', name()),
  name: maybe('Display name; the id by default.', title('1 to 80 characters.')),
  ...doer(),
  prompt: maybe('The prompt for the agent: a file such as "prompts/a.md", or { "text": "…" }.', prompt()),
  dependsOn: maybe('The steps that must be finished before this one.', list(name(), 100)),
  outputs: maybe(
    'Outputs that later steps may read, besides the expectedOutputs of the step.',
    list(name(), 100),
  ),
  when: maybe(
    'Runs only if this holds: "{{parameters.x}}", "!{{…}}", "{{…}} == \\"high\\"" or "{{…}} != 3".',
    text({ min: 1, max: 1024 }),
  ),
  timeoutMs: maybe('Milliseconds for each attempt.', whole(1000, 86_400_000)),
  retry: maybe('How often a failed step is tried again; never by default.', retry),
  onFailure: maybe(
    'What happens to the run when the step fails; "stop" by default.',
    z.enum(['stop', 'continue', 'rollback']),
  ),
  approval: maybe(
    '"manual": a person must approve the step before it starts. "none" by default.',
    z.enum(['none', 'manual']),
  ),
  sideEffects: maybe(
    'Changes outside of the run; "none" by default.',
    z.enum(['none', 'reversible', 'irreversible']),
  ),
  rollback: maybe('How to undo the step.', rollback),
})

/** The steps of a run. */
export const plan = z.strictObject({ steps: about('1 to 100 steps.', list(step, 100)) })

export type TemplatePlan = z.output<typeof plan>
export type PlanStep = TemplatePlan['steps'][number]
export type StepRollback = z.output<typeof rollback>
export type PromptSource = z.output<ReturnType<typeof prompt>>
