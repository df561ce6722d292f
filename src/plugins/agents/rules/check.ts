import type { Finding } from '../../../contract/diagnostic.ts'
import { checkIdentity } from '../../../contract/fields/identity.ts'
import { checkJsonSchema } from '../../../contract/fields/json-schema.ts'
import { checkLifecycle } from '../../../contract/fields/lifecycle-rules.ts'
import type { Surroundings } from '../../../contract/kind.ts'
import { type Mcp, readMcp } from '../manifest/mcp.ts'
import type { AgentDefinition } from '../manifest/schema.ts'
import { checkDependencies } from './dependencies.ts'
import { checkInjected } from './injected.ts'
import { checkMcpFiles } from './mcp-file.ts'
import { checkOrigins } from './mcp-from.ts'
import { checkServer } from './mcp-server.ts'
import { checkRepeatedUrls, checkServerUrl, type NamedUrl } from './mcp-url.ts'
import { checkPermissions } from './permissions.ts'
import { checkPrompts } from './prompts.ts'
import { checkSkills } from './skills.ts'

/** Applies every rule for agents beyond the shape, in the order of the manifest's fields. */
export function checkAgent(definition: AgentDefinition, surroundings: Surroundings): Finding[] {
  const { manifest, manifestPath: file } = definition
  const findings: Finding[] = []
  const draft = manifest.status === 'draft'
  checkIdentity(manifest, file, findings)
  checkSkills(manifest, file, findings)
  checkPrompts(definition, findings)
  checkMcpFiles(definition, findings)
  const mcp = readMcp(definition)
  findings.push(...mcp.findings)
  const urls = checkServers(definition, mcp, draft, findings)
  checkOrigins(mcp, surroundings, findings)
  checkPermissions(definition, mcp, urls, draft, findings)
  if (manifest.inputSchema) checkJsonSchema(manifest.inputSchema, file, ['inputSchema'], findings)
  if (manifest.outputSchema) checkJsonSchema(manifest.outputSchema, file, ['outputSchema'], findings)
  checkDependencies(definition, draft, findings)
  checkLifecycle(definition, 'agent', findings)
  return findings
}

function checkServers(
  definition: AgentDefinition,
  mcp: Mcp,
  draft: boolean,
  findings: Finding[],
): NamedUrl[] {
  const urls: NamedUrl[] = []
  const secrets = definition.manifest.permissions?.secrets ?? []
  for (const [name, server] of mcp.servers) {
    checkServer(mcp, name, server, draft, findings)
    checkInjected(mcp, name, server, secrets, findings)
    if (server.type !== 'stdio') urls.push(checkServerUrl(mcp, name, server, draft, findings))
  }
  if (urls.length > 1) checkRepeatedUrls(mcp, urls, findings)
  return urls
}
