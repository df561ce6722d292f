import { defineKind, type Kind } from '../../contract/kind.ts'
import { schemaUrl } from '../../contract/manifest/json-schema.ts'
import { describeSkill } from './describe.ts'
import { type SkillManifest, skillSchema } from './manifest/schema.ts'
import { skillRisks } from './risks/risks.ts'
import { SKILL_RULES } from './rules/catalogue.ts'
import { checkSkill } from './rules/check.ts'
import { scaffoldSkill } from './scaffold.ts'

const KIB = 1024

/** The registry kind of Agent Skills: `skills/<name>/SKILL.md` with scripts, references and assets. */
export const skills: Kind = defineKind<SkillManifest>({
  id: 'skills',
  singular: 'skill',
  manifestFile: 'SKILL.md',
  manifest: 'front-matter',
  statusPlace: ['metadata', 'nofx-status'],
  idField: 'name',
  schema: skillSchema,
  schemaUrl: schemaUrl('skills'),
  limits: { manifestBytes: 256 * KIB, textBytes: 256 * KIB, assetBytes: 50_000_000, files: 200, depth: 32 },
  rules: SKILL_RULES,
  check: checkSkill,
  // The body is what an agent reads.
  promptsOf: ({ manifestPath }) => [manifestPath],
  // Every file of the folder belongs to the skill: an agent may open any of them.
  filesOf: ({ files, manifestPath }) => files.map(({ path }) => path).filter((path) => path !== manifestPath),
  describe: describeSkill,
  risks: skillRisks,
  references: () => [],
  scaffold: scaffoldSkill,
})
