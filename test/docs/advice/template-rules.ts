import type { FIELD_RULES } from '../../../src/contract/fields/rules.ts'
import type { TEMPLATE_RULES } from '../../../src/plugins/templates/rules/catalogue.ts'

/** What to do about a finding of the kind `templates`. */
export const TEMPLATE_ADVICE: Record<
  Exclude<keyof typeof TEMPLATE_RULES, keyof typeof FIELD_RULES>,
  string
> = {
  NOFX_PARAMETER_SIZE: 'Give shorter values.',
  NOFX_PARAMETER_WORK: 'Give shorter lists and texts, or simplify the schema.',
  NOFX_PARAMETER_KEY: 'Rename the key.',
  NOFX_PARAMETER_VALUE: 'Give strings without NUL, and numbers that are finite and exact.',
  NOFX_PARAMETER_UNKNOWN: 'Remove the parameter, or use the name that the hint suggests.',
  NOFX_PARAMETER_MISSING: 'Give the parameter with `--param name=value`, or in the file of `--params`.',
  NOFX_PARAMETER_INVALID: 'Give a value that the template’s `parameters` allow.',
  NOFX_INSTANCE_SIZE: 'Give shorter values.',
  NOFX_INSTANCE_AGENT: 'Add an agent that offers the skill to `supportedAgents`, and publish both.',
  NOFX_CATEGORY_MISSING: 'Add `category` with a word such as `code-review`.',
  NOFX_PARAMETERS_OBJECT: 'Write `{ "type": "object", "properties": { … } }`.',
  NOFX_PARAMETER_NAME: 'Use letters, digits, `_` and `-`, such as `pull_request`.',
  NOFX_PARAMETER_DEFAULT: 'Change the value, or the schema around it.',
  NOFX_PARAMETER_SECRET:
    'Write `"x-secret": true` on the parameter itself, and remove its default and examples.',
  NOFX_PARAMETER_UNUSED: 'Use `{{parameters.<name>}}` in the plan, or remove the parameter.',
  NOFX_PLAN_MISSING: 'Add `defaultPlan` with a step, or set `"status": "draft"`.',
  NOFX_STEP_DUPLICATE: 'Give each step its own id.',
  NOFX_STEP_AGENT: 'Name either `agentId` or `skill`.',
  NOFX_STEP_DEPENDENCY: 'Name a step of the plan, or remove the entry.',
  NOFX_STEP_CYCLE: 'Remove one of the dependencies that the message names.',
  NOFX_STEP_INPUT: 'Choose another key.',
  NOFX_PLACEHOLDER_INVALID:
    'Write `{{parameters.<name>}}` or `{{steps.<step>.outputs.<name>}}`; write `\\{{` for plain braces.',
  NOFX_PLACEHOLDER_PARAMETER: 'Correct the name, or add the parameter to `parameters.properties`.',
  NOFX_PLACEHOLDER_STEP: 'Name a step of the plan.',
  NOFX_PLACEHOLDER_OUTPUT: 'Correct the name, or add the output to `outputs` of the step.',
  NOFX_PLACEHOLDER_ORDER: 'Add the step in the placeholder to `dependsOn`.',
  NOFX_WHEN_INVALID: 'Write `{{parameters.x}}`, `!{{…}}`, `{{…}} == "high"` or `{{…}} != 3`.',
  NOFX_WHEN_SECRET: 'Use a parameter that is not secret.',
  NOFX_PROMPT_ASSET: 'Move the file to `prompts/`.',
  NOFX_PROMPT_INLINE: 'Write `{ "text": "…" }` around a text, or name a file such as `prompts/ask.md`.',
  NOFX_OUTPUT_MISSING: 'Add an output with `id`, `type` and `fromStep`.',
  NOFX_OUTPUT_DUPLICATE: 'Give each output its own id.',
  NOFX_OUTPUT_STEP: 'Name a step of the plan.',
  NOFX_OUTPUT_SCHEMA: 'Set the type of the output to `json`, or remove the schema.',
  NOFX_OUTPUT_PATH: 'Give each output of type `file` one fixed path, and remove the path of other outputs.',
  NOFX_ROLLBACK_MISSING:
    'Add `rollbackAdvice` and describe how to undo a run, even if nothing has to be undone.',
  NOFX_ROLLBACK_STEP:
    'Add the step to `rollbackAdvice.steps` or `rollbackAdvice.irreversible`, or correct its name.',
  NOFX_ROLLBACK_IRREVERSIBLE: 'Add the step to `rollbackAdvice.irreversible`.',
  NOFX_ROLLBACK_NOTHING: 'Add `rollback` to the step with the side effects, or write `"onFailure": "stop"`.',
  NOFX_AGENT_MISSING: 'Add `supportedAgents` with the agents that may take the steps.',
  NOFX_AGENT_DUPLICATE: 'Remove one of the two entries.',
  NOFX_AGENT_UNSUPPORTED: 'Add the agent to `supportedAgents`, or name an agent from that list.',
  NOFX_AGENT_UNUSED: 'Remove the agent from `supportedAgents`, or give it a step.',
  NOFX_TIMEOUT_PATH: 'Raise `resourceProfile.timeoutMs`, or lower the timeouts of the steps on that path.',
  NOFX_MEMORY_AGENT: 'Raise `resourceProfile.memoryMb`, or support agents that need less memory.',
  NOFX_EXAMPLE_DUPLICATE: 'Give each example its own name.',
  NOFX_EXAMPLE_SECRET: 'Remove the parameter from the example, because examples are checked without secrets.',
}
