import * as z from 'zod'
import { type Finding, findingMaker } from '../diagnostic.ts'
import type { Status } from '../kind.ts'
import { allUnique, duplicates } from './duplicates.ts'
import { checkLicense } from './license.ts'
import { repository } from './repository.ts'
import { FIELD_RULES } from './rules.ts'
import { exactVersion } from './semver.ts'
import { about, list, maybe, text } from './shape.ts'
import { quoted } from './shown.ts'

const makeFinding = findingMaker(FIELD_RULES)

/** Maximum size of `metadata` as JSON, in bytes. */
const METADATA_BYTES = 4096
const LONG_DESCRIPTION = 300

const OWNER =
  /^(?:@[A-Za-z0-9][A-Za-z0-9_-]*(?:\/[A-Za-z0-9][A-Za-z0-9._-]*)?|[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)+|[A-Za-z][A-Za-z0-9]*(?:[._/-][A-Za-z0-9]+)*)$/
/** The pattern of one tag, without its ends. */
export const TAG_PATTERN = '[a-z0-9][a-z0-9.+#_-]*'
const TAG = new RegExp(`^${TAG_PATTERN}$`)

/** The owner of a definition; each use needs an instance of its own. */
export const ownerText = () =>
  text({
    max: 254,
    pattern: OWNER,
    must: 'must be an e-mail address, "@user", "@org/team" or a team’s name such as "platform"',
  })

const NO_BLANK = { pattern: /\S/, must: 'must not be blank' }

/** One line of text that is not blank. */
export const title = (description: string) => about(description, text({ min: 1, max: 80, ...NO_BLANK }))

/** Fields that every kind has; a kind spreads them into its strict object. */
export const identityFields = {
  schemaVersion: maybe('Version of this format; "1" by default.', z.literal('1')),
  name: title('Display name, 1 to 80 characters.'),
  description: about(
    'What the definition does and when to use it; at most 300 characters are recommended.',
    text({ min: 1, max: 1024, ...NO_BLANK }),
  ),
  version: maybe(
    'Your own exact semver. A version that is published cannot be published again with other content.',
    exactVersion,
  ),
  status: maybe(
    'Life cycle; "active" by default. Readers see active and deprecated definitions.',
    z.enum(['draft', 'active', 'deprecated', 'disabled']),
  ),
  owner: maybe(
    'The owner: an e-mail address, @user or team. Required unless the status is "draft".',
    ownerText(),
  ),
  license: maybe('SPDX identifier or expression, such as "MIT OR Apache-2.0".', text({ min: 1, max: 256 })),
  repository: maybe('The repository that the definition is kept in.', repository),
  tags: maybe(
    'Up to 10 different lower-case words.',
    list(
      text({ max: 64, pattern: TAG, must: 'must be lower-case letters, digits, ".", "+", "#", "_" or "-"' }),
      10,
    ),
    { uniqueItems: true },
  ),
  exampleSecrets: maybe(
    'Values in the texts of this definition that only look like secrets: they are examples, and are not reported.',
    list(text({ min: 8, max: 4096 }), 20),
    { uniqueItems: true },
  ),
  metadata: maybe(
    'Free-form data: at most 4 KiB of JSON, stored unchanged.',
    z.record(z.string(), z.unknown()),
  ),
}

/** The shared fields after the schema accepted them. */
export interface IdentityFields {
  description: string
  status?: Status
  owner?: string
  license?: string
  tags?: string[]
  metadata?: Record<string, unknown>
}

/** Checks the shared fields beyond their shape. */
export function checkIdentity(manifest: IdentityFields, file: string, findings: Finding[]): void {
  const { description, owner, license, tags, metadata } = manifest
  if (description.length > LONG_DESCRIPTION && metadata?.import === undefined)
    findings.push(
      makeFinding(
        'NOFX_DESCRIPTION_LONG',
        { file, pointer: ['description'] },
        `description has ${description.length} characters, more than ${LONG_DESCRIPTION}`,
        'shorten the description, and move the rest to a prompt or to docs',
      ),
    )
  if (owner === undefined && manifest.status !== 'draft')
    findings.push(
      makeFinding(
        'NOFX_OWNER_MISSING',
        { file, pointer: [], absent: 'owner' },
        'owner is missing',
        'add "owner" with an e-mail address, "@user" or a team, or set "status": "draft"',
      ),
    )
  if (license !== undefined) checkLicense(license, file, findings)
  if (tags !== undefined && !allUnique(tags)) checkTags(tags, file, findings)
  if (metadata !== undefined) checkMetadata(metadata, file, findings)
}

function checkTags(tags: readonly string[], file: string, findings: Finding[]): void {
  for (const { index, first } of duplicates(tags))
    findings.push(
      makeFinding(
        'NOFX_TAG_DUPLICATE',
        { file, pointer: ['tags', index] },
        `tags[${index}] ${quoted(tags[index] as string)} repeats tags[${first}]`,
        'remove one of them',
      ),
    )
}

/** Checks the size of free-form data. */
export function checkMetadata(metadata: Record<string, unknown>, file: string, findings: Finding[]): void {
  const json = JSON.stringify(metadata)
  // A UTF-16 unit is at most 3 bytes of UTF-8, so most metadata is known to fit without being encoded.
  if (json.length * 3 <= METADATA_BYTES) return
  const bytes = new TextEncoder().encode(json).length
  if (bytes <= METADATA_BYTES) return
  findings.push(
    makeFinding(
      'NOFX_METADATA_SIZE',
      { file, pointer: ['metadata'] },
      `metadata is ${bytes} bytes of JSON, more than ${METADATA_BYTES}`,
      'move what is large to a file of the definition',
    ),
  )
}
