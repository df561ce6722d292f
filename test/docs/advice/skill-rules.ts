import type { FIELD_RULES } from '../../../src/contract/fields/rules.ts'
import type { SKILL_RULES } from '../../../src/plugins/skills/rules/catalogue.ts'

/** What to do about a finding of the kind `skills`. */
export const SKILL_ADVICE: Record<Exclude<keyof typeof SKILL_RULES, keyof typeof FIELD_RULES>, string> = {
  NOFX_SKILL_METADATA: 'Write the name that the hint suggests, or one that does not start with `nofx-`.',
  NOFX_SKILL_BODY: 'Write below the front matter what an agent should do.',
  NOFX_SKILL_LENGTH: 'Move details to files below `references/`, and link them.',
  NOFX_SKILL_LINK:
    'Add the file, or correct the path; link files outside of the folder by their web address.',
  NOFX_SKILL_MENTION: 'Add the file, or correct the path.',
}
