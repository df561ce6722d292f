import { describeIdentity } from '../../contract/fields/describe-identity.ts'
import type { Description } from '../../contract/kind.ts'
import { readOwnValues, readTools } from './manifest/own-values.ts'
import type { SkillDefinition } from './manifest/schema.ts'

/** Maximum number of names in a list: a description has at most a few hundred bytes. */
const NAMES = 12

/** The description of a skill for lists. */
export function describeSkill({ manifest, files }: SkillDefinition): Description {
  const { name, description, license } = manifest
  return {
    ...describeIdentity({ name, description, ...readOwnValues(manifest) }),
    provides: [],
    facts: {
      ...(license === undefined ? {} : { license }),
      allowedTools: readTools(manifest['allowed-tools']).slice(0, NAMES),
      files: files.length,
    },
  }
}
