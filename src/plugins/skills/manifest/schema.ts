import * as z from 'zod'
import { ownerText, TAG_PATTERN } from '../../../contract/fields/identity.ts'
import { exactVersion } from '../../../contract/fields/semver.ts'
import { about, maybe, text } from '../../../contract/fields/shape.ts'
import type { Definition } from '../../../contract/kind.ts'

const NAME = /^[a-z0-9]+(?:-[a-z0-9]+)*$/
const NO_BLANK = { pattern: /\S/, must: 'must not be blank' }

/** Up to ten tags, with a blank between two. */
const TAGS = new RegExp(`^${TAG_PATTERN}(?: ${TAG_PATTERN}){0,9}$`)

/** The keys of `metadata` that NOFX reads; every other key is the author's own. */
export const OWN_KEYS = {
  'nofx-owner': maybe(
    'The owner: an e-mail address, @user or team. Required unless the status is "draft".',
    ownerText(),
  ),
  'nofx-version': maybe(
    'Your own exact semver. A version that is published cannot be published again with other content.',
    exactVersion,
  ),
  'nofx-status': maybe(
    'Life cycle; "active" by default. Readers see active and deprecated skills.',
    z.enum(['draft', 'active', 'deprecated', 'disabled']),
  ),
  'nofx-tags': maybe(
    'Up to 10 different lower-case words, with a blank between two.',
    text({
      min: 1,
      max: 700,
      pattern: TAGS,
      must: 'must be up to 10 lower-case words with a blank between two',
    }),
  ),
  'nofx-import': maybe('The record of `nofx import`, as JSON.', text({ min: 2, max: 4096 })),
}

/** The front matter of `SKILL.md`: the fields of the specification of Agent Skills, and no others. */
export const skillSchema = z.strictObject({
  name: about(
    'Lower-case words joined by hyphens; equals the name of the folder.',
    text({ min: 1, max: 64, pattern: NAME, must: 'must be lower-case words joined by single hyphens' }),
  ),
  description: about(
    'What the skill does and when to use it: an agent chooses a skill by this text.',
    text({ min: 1, max: 1024, ...NO_BLANK }),
  ),
  license: maybe(
    'The name of a licence, or of the file with its text.',
    text({ min: 1, max: 256, ...NO_BLANK }),
  ),
  compatibility: maybe(
    'What the skill needs to run: programs, packages, network access.',
    text({ min: 1, max: 500, ...NO_BLANK }),
  ),
  metadata: maybe(
    'Free-form texts by name, 4 KiB at most; NOFX reads the names that start with "nofx-".',
    z.object(OWN_KEYS).catchall(z.string()),
  ),
  'allowed-tools': maybe(
    'Tools that an agent may use without asking while it follows the skill, with a blank between two.',
    text({ min: 1, max: 4096, ...NO_BLANK }),
  ),
})

/** The front matter after the schema accepted it. */
export type SkillManifest = z.output<typeof skillSchema>

/** A skill whose front matter the schema accepted. */
export type SkillDefinition = Definition<SkillManifest>
