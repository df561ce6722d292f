import { findingMaker, type RuleCatalogue } from '../../../contract/diagnostic.ts'
import { FIELD_RULES } from '../../../contract/fields/rules.ts'
import { INSTANCE_RULES } from '../instantiate/rules.ts'

/** Every rule of the kind `templates` beyond its shape, by stable id. */
export const TEMPLATE_RULES = {
  ...FIELD_RULES,
  ...INSTANCE_RULES,
  NOFX_CATEGORY_MISSING: { severity: 'error', summary: 'Everything but a draft has a category.' },
  NOFX_PARAMETERS_OBJECT: { severity: 'error', summary: 'parameters is the schema of an object.' },
  NOFX_PARAMETER_NAME: {
    severity: 'error',
    summary: 'A parameter’s name works in a placeholder: letters, digits, "_" and "-".',
  },
  NOFX_PARAMETER_DEFAULT: {
    severity: 'error',
    summary: 'Defaults and examples in parameters match the schema around them.',
  },
  NOFX_PARAMETER_SECRET: {
    severity: 'error',
    summary:
      'x-secret is true or false, belongs to a parameter itself, and the parameter has no value in the template.',
  },
  NOFX_PARAMETER_UNUSED: { severity: 'warning', summary: 'Every parameter is used somewhere in the plan.' },
  NOFX_PLAN_MISSING: {
    severity: 'error',
    summary: 'Everything but a draft has a plan of at least one step.',
  },
  NOFX_STEP_DUPLICATE: { severity: 'error', summary: 'Step ids are unique in a plan.' },
  NOFX_STEP_AGENT: {
    severity: 'error',
    summary: 'A step, and its rollback, names either agentId or skill.',
  },
  NOFX_STEP_DEPENDENCY: { severity: 'error', summary: 'dependsOn names steps of the plan.' },
  NOFX_STEP_CYCLE: { severity: 'error', summary: 'Steps do not wait for each other in a cycle.' },
  NOFX_STEP_INPUT: {
    severity: 'error',
    summary: 'Keys inside of inputs do not start with "$", which marks filled-in values.',
  },
  NOFX_PLACEHOLDER_INVALID: {
    severity: 'error',
    summary: 'Double braces hold parameters.<name> or steps.<step>.outputs.<name>.',
  },
  NOFX_PLACEHOLDER_PARAMETER: { severity: 'error', summary: 'A placeholder names a declared parameter.' },
  NOFX_PLACEHOLDER_STEP: { severity: 'error', summary: 'A placeholder names a step of the plan.' },
  NOFX_PLACEHOLDER_OUTPUT: {
    severity: 'error',
    summary: 'A placeholder names an output that its step declares.',
  },
  NOFX_PLACEHOLDER_ORDER: {
    severity: 'error',
    summary: 'A step reads outputs only of steps that finish before it.',
  },
  NOFX_WHEN_INVALID: {
    severity: 'error',
    summary: 'when is a placeholder, "!" and a placeholder, or a placeholder compared with a JSON value.',
  },
  NOFX_WHEN_SECRET: { severity: 'error', summary: 'when does not depend on a secret.' },
  NOFX_PROMPT_ASSET: { severity: 'error', summary: 'A prompt is a text file outside assets/.' },
  NOFX_PROMPT_INLINE: { severity: 'error', summary: 'A prompt is a path, or { "text": "…" }.' },
  NOFX_OUTPUT_MISSING: { severity: 'error', summary: 'Everything but a draft expects at least one output.' },
  NOFX_OUTPUT_DUPLICATE: { severity: 'error', summary: 'Ids of expectedOutputs are unique.' },
  NOFX_OUTPUT_STEP: { severity: 'error', summary: 'An expected output comes from a step of the plan.' },
  NOFX_OUTPUT_SCHEMA: { severity: 'error', summary: 'Only an output of type "json" has a schema.' },
  NOFX_OUTPUT_PATH: {
    severity: 'error',
    summary: 'An output of type "file" has a path without placeholders, and no other type has one.',
  },
  NOFX_ROLLBACK_MISSING: { severity: 'error', summary: 'Everything but a draft says how to undo a run.' },
  NOFX_ROLLBACK_STEP: {
    severity: 'error',
    summary: 'rollbackAdvice names every step with side effects, and only steps of the plan.',
  },
  NOFX_ROLLBACK_IRREVERSIBLE: {
    severity: 'error',
    summary: 'rollbackAdvice.irreversible holds every irreversible step.',
  },
  NOFX_ROLLBACK_NOTHING: {
    severity: 'error',
    summary: 'A step with "onFailure": "rollback", or a step before or beside it, has a rollback.',
  },
  NOFX_AGENT_MISSING: { severity: 'error', summary: 'Everything but a draft supports at least one agent.' },
  NOFX_AGENT_DUPLICATE: { severity: 'error', summary: 'supportedAgents names each agent once.' },
  NOFX_AGENT_UNSUPPORTED: {
    severity: 'error',
    summary: 'The agent of every step is one of supportedAgents.',
  },
  NOFX_AGENT_UNUSED: { severity: 'warning', summary: 'Every supported agent can take a step.' },
  NOFX_TIMEOUT_PATH: {
    severity: 'error',
    summary: 'The time of a run is at least that of the longest path through its plan.',
  },
  NOFX_MEMORY_AGENT: {
    severity: 'error',
    summary: 'The memory of a run is at least that of its largest agent.',
  },
  NOFX_EXAMPLE_DUPLICATE: { severity: 'error', summary: 'Names of examples are unique.' },
  NOFX_EXAMPLE_SECRET: { severity: 'error', summary: 'An example leaves secret parameters out.' },
} as const satisfies RuleCatalogue

/** Creates findings of this catalogue. */
export const makeFinding = findingMaker(TEMPLATE_RULES)
