import { findingMaker, type RuleCatalogue } from '../../../contract/diagnostic.ts'

/** Rules about making an instance, part of the catalogue of the kind `templates`. */
export const INSTANCE_RULES = {
  NOFX_PARAMETER_SIZE: {
    severity: 'error',
    summary: 'Parameters take at most 256 KiB of JSON, 32 levels of nesting and 10,000 entries in a list.',
  },
  NOFX_PARAMETER_WORK: {
    severity: 'error',
    summary: 'Checking parameters against their schema takes at most 200,000 steps.',
  },
  NOFX_PARAMETER_KEY: {
    severity: 'error',
    summary: 'No key in parameters is "__proto__", "constructor" or "prototype".',
  },
  NOFX_PARAMETER_VALUE: {
    severity: 'error',
    summary: 'Parameters are plain JSON that a database keeps as it is.',
  },
  NOFX_PARAMETER_UNKNOWN: { severity: 'error', summary: 'Only declared parameters are given.' },
  NOFX_PARAMETER_MISSING: { severity: 'error', summary: 'Every required parameter is given.' },
  NOFX_PARAMETER_INVALID: { severity: 'error', summary: 'A parameter’s value follows its schema.' },
  NOFX_INSTANCE_SIZE: {
    severity: 'error',
    summary: 'The texts of a plan take at most 500,000 characters once parameters are filled in.',
  },
  NOFX_INSTANCE_AGENT: {
    severity: 'error',
    summary: 'When a template is instantiated, a supported agent offers the skill of each step.',
  },
} as const satisfies RuleCatalogue

/** Creates findings of this catalogue. */
export const makeFinding = findingMaker(INSTANCE_RULES)
