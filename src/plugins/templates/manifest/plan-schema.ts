import * as z from 'zod'
import { definitionId } from '../../../contract/fields/id.ts'
import { title } from '../../../contract/fields/identity.ts'
import { relativePath } from '../../../contract/fields/relative-path.ts'
import { about, list, maybe, text, whole } from '../../../contract/fields/shape.ts'

/** Names that placeholders are made of: steps, outputs, parameters. */
export const NAME = /^(?!__proto__$)[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?$/

/** A step's or an output's name. */
export const name = () =>
  text({ min: 1, max: 64, pattern: NAME, must: 'must be letters, digits, "_" and "-"' })

/** A prompt: the file that holds it, or its text. */
const prompt = () =>
  z.union([
    relativePath,
    z.strictObject({ text: about('The prompt itself.', text({ min: 1, max: 65_536 })) }),
  ])

/** Who does it: exactly one of the two, as a rule checks. */
const doer = () => ({
  agentId: maybe('The agent that does it; one of supportedAgents.', definitionId),
  skill: maybe(
    'The skill that it takes: the first of supportedAgents that offers it does it.',
    text({
      min: 2,
      max: 64,
      pattern: /^[A-Za-z][A-Za-z0-9]*(?:[._-][A-Za-z0-9]+)*$/,
      must: 'must be words joined by "-", "_" or "."',
    }),
  ),
  inputs: maybe('What it is given, by name. Placeholders stand in texts.', z.record(z.string(), z.unknown())),
})

const rollback = z.strictObject({
  ...doer(),
  prompt: about('What undoes the step: a file, or { "text": "…" }.', prompt()),
})

const retry = z.strictObject({
  maxAttempts: about('Attempts, the first one included.', whole(1, 10)),
  backoffMs: maybe('Milliseconds between attempts; 0 when left out.', whole(0, 3_600_000)),
})

const step = z.strictObject({
  id: about('What other steps and placeholders call it; unique in the plan.', name()),
  name: maybe('Display name; the id by default.', title('1 to 80 characters.')),
  ...doer(),
  prompt: maybe('What the agent is asked: a file such as "prompts/a.md", or { "text": "…" }.', prompt()),
  dependsOn: maybe('Steps that must be done before.', list(name(), 100)),
  outputs: maybe('What later steps may read of it, besides its expectedOutputs.', list(name(), 100)),
  when: maybe(
    'Runs only if this holds: "{{parameters.x}}", "!{{…}}", "{{…}} == \\"high\\"" or "{{…}} != 3".',
    text({ min: 1, max: 1024 }),
  ),
  timeoutMs: maybe('Milliseconds for each attempt.', whole(1000, 86_400_000)),
  retry: maybe('Tried again when it fails; not when left out.', retry),
  onFailure: maybe(
    'What a failure does to the run; "stop" when left out.',
    z.enum(['stop', 'continue', 'rollback']),
  ),
  approval: maybe('"manual": a person lets it start. "none" when left out.', z.enum(['none', 'manual'])),
  sideEffects: maybe(
    'What it changes outside of the run; "none" when left out.',
    z.enum(['none', 'reversible', 'irreversible']),
  ),
  rollback: maybe('What undoes it.', rollback),
})

/** The steps of a run. */
export const plan = z.strictObject({ steps: about('1 to 100 steps.', list(step, 100)) })

export type TemplatePlan = z.output<typeof plan>
export type PlanStep = TemplatePlan['steps'][number]
export type StepRollback = z.output<typeof rollback>
export type PromptSource = z.output<ReturnType<typeof prompt>>
