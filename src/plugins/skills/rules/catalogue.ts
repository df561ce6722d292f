import { findingMaker, type RuleCatalogue } from '../../../contract/diagnostic.ts'
import { FIELD_RULES } from '../../../contract/fields/rules.ts'

/** Every rule of the kind `skills` beyond its shape, by stable id. */
export const SKILL_RULES = {
  ...FIELD_RULES,
  NOFX_SKILL_METADATA: {
    severity: 'error',
    summary: 'A name in metadata that starts with "nofx-" is one that NOFX reads.',
  },
  NOFX_SKILL_BODY: { severity: 'warning', summary: 'SKILL.md has instructions below its front matter.' },
  NOFX_SKILL_LENGTH: {
    severity: 'warning',
    summary: 'The instructions in SKILL.md have at most 500 lines.',
  },
  NOFX_SKILL_LINK: { severity: 'error', summary: 'A link in SKILL.md leads to a file of the skill.' },
  NOFX_SKILL_MENTION: {
    severity: 'warning',
    summary: 'A path below scripts/, references/ or assets/ in SKILL.md is that of a file.',
  },
} as const satisfies RuleCatalogue

/** Makes a finding of a rule for skills. */
export const makeFinding = findingMaker(SKILL_RULES)
