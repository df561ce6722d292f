import type { Finding } from '../../../contract/diagnostic.ts'
import { duplicates } from '../../../contract/fields/duplicates.ts'
import { checkMetadata } from '../../../contract/fields/identity.ts'
import { quoted } from '../../../contract/fields/shown.ts'
import { readBody } from '../../../contract/manifest/front-matter.ts'
import { nearest } from '../../../contract/text/nearest.ts'
import { readOwnValues } from '../manifest/own-values.ts'
import { OWN_KEYS, type SkillDefinition } from '../manifest/schema.ts'
import { makeFinding } from './catalogue.ts'
import { checkLinks } from './links.ts'

/** Lines of instructions that the specification recommends at most. */
const MOST_LINES = 500

/** Applies every rule for skills beyond the shape. */
export function checkSkill(definition: SkillDefinition): Finding[] {
  const findings: Finding[] = []
  checkOwnKeys(definition, findings)
  checkBody(definition, findings)
  checkLinks(definition, findings)
  return findings
}

function checkOwnKeys({ manifest, manifestPath: file }: SkillDefinition, findings: Finding[]): void {
  const { owner, status, tags } = readOwnValues(manifest)
  if (owner === undefined && status !== 'draft')
    findings.push(
      makeFinding(
        'NOFX_OWNER_MISSING',
        { file, pointer: manifest.metadata ? ['metadata'] : [], key: true, absent: 'nofx-owner' },
        'metadata.nofx-owner is missing',
        'add nofx-owner to metadata with an e-mail address, "@user" or a team, or nofx-status with draft',
      ),
    )
  for (const { index, first } of duplicates(tags))
    findings.push(
      makeFinding(
        'NOFX_TAG_DUPLICATE',
        { file, pointer: ['metadata', 'nofx-tags'] },
        `tag ${index + 1} of nofx-tags, ${quoted(tags[index] ?? '')}, repeats tag ${first + 1}`,
        'remove one of them',
      ),
    )
  const knownKeys = Object.keys(OWN_KEYS)
  for (const key of Object.keys(manifest.metadata ?? {}))
    if (key.startsWith('nofx-') && !knownKeys.includes(key)) findings.push(unknownKey(file, key, knownKeys))
  if (manifest.metadata) checkMetadata(manifest.metadata, file, findings)
}

function unknownKey(file: string, key: string, knownKeys: readonly string[]): Finding {
  const guess = nearest(key, knownKeys)
  return makeFinding(
    'NOFX_SKILL_METADATA',
    { file, pointer: ['metadata', key], key: true },
    `NOFX reads no ${quoted(key)} in metadata`,
    guess ? `write ${guess}` : 'choose a name that does not start with "nofx-"',
  )
}

function checkBody({ texts, manifestPath: file }: SkillDefinition, findings: Finding[]): void {
  const text = texts.get(file) ?? ''
  const body = readBody(text).trimEnd()
  const offset = text.length - readBody(text).length
  const lines = body.split('\n').length
  if (body.trim() === '')
    findings.push(
      makeFinding(
        'NOFX_SKILL_BODY',
        { file, offset },
        `${file} has no instructions`,
        'write below the front matter what an agent should do',
      ),
    )
  else if (lines > MOST_LINES)
    findings.push(
      makeFinding(
        'NOFX_SKILL_LENGTH',
        { file, offset },
        `the instructions have ${lines} lines, more than ${MOST_LINES}`,
        'move details to files below references/, and link them',
      ),
    )
}
