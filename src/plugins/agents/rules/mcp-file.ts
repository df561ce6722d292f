import type { Finding } from '../../../contract/diagnostic.ts'
import type { AgentDefinition } from '../manifest/schema.ts'
import { makeFinding } from './catalogue.ts'

/** The names under which hosts look for MCP servers in a folder. */
const NAME = /^\.?mcp\.json$/i

/** Files of an agent that a reader takes for its MCP servers, whether or not the manifest names them. */
export function listMcpFiles({ files }: Pick<AgentDefinition, 'files'>): string[] {
  return files.map(({ path }) => path).filter((path) => NAME.test(path))
}

/** Reports an MCP file that the manifest does not name: the agent would be published without the servers in it. */
export function checkMcpFiles(item: AgentDefinition, findings: Finding[]): void {
  const { mcp } = item.manifest
  for (const path of listMcpFiles(item)) {
    if (mcp === path) continue
    findings.push(
      makeFinding(
        'NOFX_MCP_FILE_UNNAMED',
        { file: path },
        `the manifest does not name "${path}", so the agent would not have its servers`,
        mcp === undefined ? `add "mcp": "${path}"` : `remove the file, or write "mcp": "${path}"`,
      ),
    )
  }
}
