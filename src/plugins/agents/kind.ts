import { defineKind, type Kind } from '../../contract/kind.ts'
import { schemaUrl } from '../../contract/manifest/json-schema.ts'
import { describeAgent } from './describe.ts'
import { listFiles, listPrompts } from './files.ts'
import { normalizeAgent } from './manifest/aliases.ts'
import { agentSchema, type CheckedAgentManifest } from './manifest/schema.ts'
import { listDemands, listReferences } from './references.ts'
import { agentRisks } from './risks/risks.ts'
import { AGENT_RULES } from './rules/catalogue.ts'
import { checkAgent } from './rules/check.ts'
import { scaffoldAgent } from './scaffold.ts'

const KIB = 1024

/** The registry kind of AI agents: `agents/<id>/agent.json` with prompts, MCP servers and assets. */
export const agents: Kind = defineKind<CheckedAgentManifest>({
  id: 'agents',
  singular: 'agent',
  manifestFile: 'agent.json',
  idField: 'agentId',
  schema: agentSchema,
  schemaUrl: schemaUrl('agents'),
  limits: { manifestBytes: 256 * KIB, textBytes: 256 * KIB, assetBytes: 50_000_000, files: 200, depth: 32 },
  rules: AGENT_RULES,
  after: ['servers', 'skills'],
  normalize: normalizeAgent,
  check: checkAgent,
  promptsOf: listPrompts,
  filesOf: listFiles,
  describe: describeAgent,
  risks: agentRisks,
  references: listReferences,
  demands: listDemands,
  scaffold: scaffoldAgent,
})
