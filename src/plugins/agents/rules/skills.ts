import type { Finding } from '../../../contract/diagnostic.ts'
import { allUnique, duplicates } from '../../../contract/fields/duplicates.ts'
import { quoted } from '../../../contract/fields/shown.ts'
import type { CheckedAgentManifest } from '../manifest/schema.ts'
import { makeFinding } from './catalogue.ts'

/** Checks the skills: there is at least one, and their ids differ in more than case. */
export function checkSkills(manifest: CheckedAgentManifest, file: string, findings: Finding[]): void {
  const { skills = [] } = manifest
  if (skills.length === 0 && manifest.status !== 'draft')
    findings.push(
      makeFinding(
        'NOFX_SKILL_MISSING',
        manifest.skills ? { file, pointer: ['skills'] } : { file, pointer: [], absent: 'skills' },
        manifest.skills ? 'skills is empty' : 'skills is missing',
        'add a skill with id, name and description, or set "status": "draft"',
      ),
    )
  const ids = skills.map(({ id }) => id.toLowerCase())
  if (allUnique(ids)) return
  for (const { index, first } of duplicates(ids))
    findings.push(
      makeFinding(
        'NOFX_SKILL_DUPLICATE',
        { file, pointer: ['skills', index, 'id'] },
        `skills[${index}].id ${quoted(skills[index]?.id ?? '')} repeats skills[${first}].id`,
        'give each skill its own id; case makes no difference',
      ),
    )
}
