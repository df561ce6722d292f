import { defineKind, type Kind } from '../../contract/kind.ts'
import { schemaUrl } from '../../contract/manifest/json-schema.ts'
import { describeServer } from './describe.ts'
import { SERVER_NAME, serverId } from './manifest/name.ts'
import { normalizeServer } from './manifest/normalize.ts'
import { OWN_PLACE } from './manifest/own-values.ts'
import { type CheckedServerManifest, serverSchema } from './manifest/schema.ts'
import { listServerFiles, listServerReferences } from './references.ts'
import { serverRisks } from './risks/risks.ts'
import { SERVER_RULES } from './rules/catalogue.ts'
import { checkServerDefinition } from './rules/check.ts'
import { scaffoldServer } from './scaffold.ts'

const KIB = 1024

/** The registry kind of MCP servers: `servers/<id>/server.json`, in the form of the MCP Registry. */
export const servers: Kind = defineKind<CheckedServerManifest>({
  id: 'servers',
  singular: 'server',
  manifestFile: 'server.json',
  idField: 'name',
  idOf: ({ name }) => (typeof name === 'string' && SERVER_NAME.test(name) ? serverId(name) : undefined),
  statusPlace: [...OWN_PLACE, 'status'],
  get schema() {
    return serverSchema()
  },
  schemaUrl: schemaUrl('servers'),
  limits: { manifestBytes: 64 * KIB, textBytes: 256 * KIB, assetBytes: 1_000_000, files: 20, depth: 32 },
  rules: SERVER_RULES,
  normalize: normalizeServer,
  check: checkServerDefinition,
  filesOf: listServerFiles,
  describe: describeServer,
  risks: serverRisks,
  references: listServerReferences,
  scaffold: scaffoldServer,
})
