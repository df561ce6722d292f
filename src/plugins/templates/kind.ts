import { defineKind, type Kind } from '../../contract/kind.ts'
import { normalizeTemplate } from './aliases.ts'
import { checkTemplate } from './check.ts'
import { demandsOf } from './demands.ts'
import { describeTemplate } from './describe.ts'
import { filesOf, promptsOf } from './files.ts'
import { graphOf } from './graph.ts'
import { instantiateTemplate } from './instantiate.ts'
import { referencesOf } from './references.ts'
import { templateRisks } from './risks.ts'
import { TEMPLATE_RULES } from './rules.ts'
import { scaffoldTemplate } from './scaffold.ts'
import { type TemplateManifest, templateSchema } from './schema.ts'

const KIB = 1024

/** The registry kind of plans that agents carry out: `templates/<id>/template.json` with prompts, docs and assets. */
export const templates: Kind = defineKind<TemplateManifest>({
  id: 'templates',
  singular: 'template',
  manifestFile: 'template.json',
  idField: 'templateId',
  schema: templateSchema,
  limits: { manifestBytes: 256 * KIB, textBytes: 256 * KIB, assetBytes: 50_000_000, files: 200, depth: 32 },
  rules: TEMPLATE_RULES,
  after: ['agents'],
  normalize: normalizeTemplate,
  check: checkTemplate,
  promptsOf,
  filesOf,
  describe: describeTemplate,
  risks: templateRisks,
  references: referencesOf,
  demands: demandsOf,
  instantiate: instantiateTemplate,
  graph: graphOf,
  scaffold: scaffoldTemplate,
})
