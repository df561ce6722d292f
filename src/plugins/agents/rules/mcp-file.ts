import type { Finding } from '../../../contract/diagnostic.ts'
import { quoted } from '../../../contract/fields/shown.ts'
import { isObject } from '../../../contract/is-object.ts'
import { parseJson } from '../../../contract/manifest/json-text.ts'
import { findServers } from '../manifest/mcp-other-hosts.ts'
import type { AgentDefinition } from '../manifest/schema.ts'
import { makeFinding } from './catalogue.ts'

/** The names under which hosts look for MCP servers in a folder. */
const NAME = /^\.?mcp\.json$/i
const LIMITS = { depth: 32 }

/** Files of an agent that a reader takes for its MCP servers, whether or not the manifest names them. */
export function listMcpFiles({ files }: Pick<AgentDefinition, 'files'>): string[] {
  return files.map(({ path }) => path).filter((path) => NAME.test(path))
}

/** Reports an MCP file that the manifest does not name: the agent would be published without the servers in it. */
export function checkMcpFiles(definition: AgentDefinition, findings: Finding[]): void {
  for (const path of listMcpFiles(definition)) {
    if (definition.manifest.mcp === path) continue
    const [message, hint] = explainUnnamed(definition, path)
    findings.push(makeFinding('NOFX_MCP_FILE_UNNAMED', { file: path }, message, hint))
  }
}

function explainUnnamed({ manifest: { mcp }, texts }: AgentDefinition, path: string): [string, string] {
  const { value } = parseJson(texts.get(path) ?? '', path, LIMITS)
  if (isObject(value) && value.mcpServers === undefined && !findServers(value)) {
    const fields = Object.keys(value).filter((field) => field !== '$schema')
    const rest = fields.length > 0 ? `move ${fields.map(quoted).join(', ')} into "metadata", and ` : ''
    return [`"${path}" has no MCP servers, and the manifest does not name it`, `${rest}remove the file`]
  }
  const hint = mcp === undefined ? `add "mcp": "${path}"` : `remove the file, or write "mcp": "${path}"`
  return [`the manifest does not name "${path}", so the agent would not have its servers`, hint]
}
