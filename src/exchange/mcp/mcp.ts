import { findingMaker } from '../../contract/diagnostic.ts'
import { isObject } from '../../contract/is-object.ts'
import type { ExchangeFormat, ForeignSettings, ForeignText, ReadForeign } from '../contract/format.ts'
import { LedgerPage } from '../contract/ledger.ts'
import { ENTRY_ROWS } from '../servers/entry-rows.ts'
import { mcpFiles } from '../servers/mcp-files.ts'
import { SERVER_JSON_RULES } from '../servers/server-json.ts'
import { findServers, parseDocument, parseLoosely, readPromptInputs } from './read-document.ts'
import { readMcpEntry } from './read-entry.ts'
import { MCP_READ } from './read-rows.ts'
import { asBlock, asMembers } from './shared-files.ts'

const makeFinding = findingMaker(SERVER_JSON_RULES)

const JSON_FILE = /(?:^|\/)(?:\.?mcp|mcp-config|mcp_config)\.json$|(?:^|\/)\.gemini\/settings\.json$/
const TOML_FILE = /(?:^|\/)\.codex\/config\.toml$/
/** The servers of an agent of NOFX belong to the agent. */
const OWN_FILE = /(?:^|\/)agents\/[^/]+\/mcp\.json$/
const TOML_SERVERS = /^[ \t]*(?:\[[ \t]*mcp_servers\b|mcp_servers[ \t]*[.=])/m

/** MCP servers as clients keep them: written for agents, read as definitions of servers. */
export const mcp: ExchangeFormat = {
  ...mcpFiles,
  extension: '.json',
  readsAs: 'servers',
  reads: [...Object.values(MCP_READ), ENTRY_ROWS.cut, ENTRY_ROWS.untold, ENTRY_ROWS.draft, ENTRY_ROWS.secret],
  detect(path, text) {
    const isToml = TOML_FILE.test(path)
    if (OWN_FILE.test(path) || !(isToml || JSON_FILE.test(path))) return undefined
    if (text === undefined) return 'sure'
    if (isToml) return TOML_SERVERS.test(text) ? 'sure' : undefined
    const value = parseLoosely(text)
    // What is not JSON is refused with a finding.
    return value === undefined || findServers(path, value) ? 'sure' : undefined
  },
  async split(text, path) {
    const document = findServers(path, await parseDocument(text))
    return (
      document &&
      Object.entries(document.servers).map(([name, entry]) => ({
        name,
        text: JSON.stringify({
          mcpServers: Object.fromEntries([[name, entry]]),
          ...(document.inputs.length > 0 ? { inputs: document.inputs } : {}),
        }),
      }))
    )
  },
  read: readMcp,
  async write(items, options) {
    const result = (await mcpFiles.write?.(items, options)) ?? { files: [], findings: [], ledger: [] }
    if (options.client === 'codex') return asBlock(result, options)
    return options.client === 'gemini' ? asMembers(result) : result
  },
}

async function readMcp(
  { path, text }: ForeignText,
  { namespace }: ForeignSettings = {},
): Promise<ReadForeign> {
  const document = findServers(path, await parseDocument(text))
  const [[name, entry] = []] = Object.entries(document?.servers ?? {})
  if (!document || name === undefined)
    return refuse(path, `${path} holds no MCP servers that can be read`, 'correct the file: JSON or TOML')
  const page = new LedgerPage(path)
  const isGemini = /(?:^|\/)\.gemini\//.test(path)
  const words = { bare: isGemini, inputs: readPromptInputs(document.inputs) }
  const read = isObject(entry)
    ? readMcpEntry({ name, entry, namespace, isSse: isGemini, words }, page)
    : { problem: 'it is not an object' }
  if ('problem' in read) {
    const where = `put it into the mcp.json of the agent that uses it, under "mcpServers", with "type"`
    return refuse(path, `the server "${name}" cannot be a server.json: ${read.problem}`, where)
  }
  const definition = { ...read, kind: 'servers', files: {}, isNamed: true as const }
  return { definitions: [definition], findings: [], ledger: page.rows }
}

function refuse(file: string, message: string, hint: string): ReadForeign {
  const finding = makeFinding('NOFX_IMPORT_FIELD', { file, offset: 0 }, message, hint)
  return { definitions: [], findings: [finding], ledger: [] }
}
