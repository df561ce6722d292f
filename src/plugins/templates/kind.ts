import { defineKind, type Kind } from '../../contract/kind.ts'
import { schemaUrl } from '../../contract/manifest/json-schema.ts'
import { listDemands } from './demands.ts'
import { describeTemplate } from './describe.ts'
import { buildGraph } from './graph.ts'
import { instantiateTemplate } from './instantiate/instantiate.ts'
import { normalizeTemplate } from './manifest/aliases.ts'
import { listFiles, listPrompts } from './manifest/files.ts'
import { type TemplateManifest, templateSchema } from './manifest/schema.ts'
import { listReferences } from './references.ts'
import { templateRisks } from './risks/risks.ts'
import { TEMPLATE_RULES } from './rules/catalogue.ts'
import { checkTemplate } from './rules/check.ts'
import { scaffoldTemplate } from './scaffold.ts'

const KIB = 1024

/** The registry kind of plans that agents execute: `templates/<id>/template.json` with prompts, docs and assets. */
export const templates: Kind = defineKind<TemplateManifest>({
  id: 'templates',
  singular: 'template',
  manifestFile: 'template.json',
  idField: 'templateId',
  schema: templateSchema,
  schemaUrl: schemaUrl('templates'),
  limits: { manifestBytes: 256 * KIB, textBytes: 256 * KIB, assetBytes: 50_000_000, files: 200, depth: 32 },
  rules: TEMPLATE_RULES,
  after: ['agents'],
  normalize: normalizeTemplate,
  check: checkTemplate,
  promptsOf: listPrompts,
  filesOf: listFiles,
  describe: describeTemplate,
  risks: templateRisks,
  references: listReferences,
  demands: listDemands,
  instantiate: instantiateTemplate,
  graph: buildGraph,
  scaffold: scaffoldTemplate,
})
