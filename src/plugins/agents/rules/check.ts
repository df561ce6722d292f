import type { Finding } from '../../../contract/diagnostic.ts'
import { checkIdentity } from '../../../contract/fields/identity.ts'
import { checkJsonSchema } from '../../../contract/fields/json-schema.ts'
import { checkLifecycle } from '../../../contract/fields/lifecycle-rules.ts'
import { type Mcp, readMcp } from '../manifest/mcp.ts'
import type { AgentDefinition } from '../manifest/schema.ts'
import { checkDependencies } from './dependencies.ts'
import { checkInjected } from './injected.ts'
import { checkMcpFiles } from './mcp-file.ts'
import { checkServer } from './mcp-server.ts'
import { checkRepeatedUrls, checkServerUrl, type NamedUrl } from './mcp-url.ts'
import { checkPermissions } from './permissions.ts'
import { checkPrompts } from './prompts.ts'
import { checkSkills } from './skills.ts'

/** Applies every rule for agents beyond the shape, in the order of the manifest's fields. */
export function checkAgent(item: AgentDefinition): Finding[] {
  const { manifest, manifestPath: file } = item
  const findings: Finding[] = []
  const draft = manifest.status === 'draft'
  checkIdentity(manifest, file, findings)
  checkSkills(manifest, file, findings)
  checkPrompts(item, findings)
  checkMcpFiles(item, findings)
  const mcp = readMcp(item)
  findings.push(...mcp.findings)
  const urls = checkServers(item, mcp, draft, findings)
  checkPermissions(item, mcp, urls, draft, findings)
  if (manifest.inputSchema) checkJsonSchema(manifest.inputSchema, file, ['inputSchema'], findings)
  if (manifest.outputSchema) checkJsonSchema(manifest.outputSchema, file, ['outputSchema'], findings)
  checkDependencies(item, draft, findings)
  checkLifecycle(item, 'agent', findings)
  return findings
}

function checkServers(item: AgentDefinition, mcp: Mcp, draft: boolean, findings: Finding[]): NamedUrl[] {
  const urls: NamedUrl[] = []
  const secrets = item.manifest.permissions?.secrets ?? []
  for (const [name, server] of mcp.servers) {
    checkServer(mcp, name, server, draft, findings)
    checkInjected(mcp, name, server, secrets, findings)
    if (server.type !== 'stdio') urls.push(checkServerUrl(mcp, name, server, draft, findings))
  }
  if (urls.length > 1) checkRepeatedUrls(mcp, urls, findings)
  return urls
}
