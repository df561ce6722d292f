import { agentsMd } from './agents/agents-md.ts'
import { claude } from './agents/claude.ts'
import { codex } from './agents/codex.ts'
import { copilot } from './agents/copilot.ts'
import { cursor } from './agents/cursor.ts'
import { gemini } from './agents/gemini.ts'
import type { ExchangeFormat } from './contract/format.ts'
import { mcp } from './mcp/mcp.ts'
import { agentPlugin } from './plugins/agent-plugin.ts'
import { claudeMarketplace } from './plugins/claude-marketplace.ts'
import { claudePlugin } from './plugins/claude-plugin.ts'
import { codexPlugin } from './plugins/codex-plugin.ts'
import { geminiExtension } from './plugins/gemini-extension.ts'
import { serverJson } from './servers/server-json.ts'

/** NOFX's own formats, in the order of `nofx formats`. */
export const FORMATS: readonly ExchangeFormat[] = [
  claude,
  codex,
  copilot,
  cursor,
  gemini,
  agentsMd,
  mcp,
  serverJson,
  agentPlugin,
  claudePlugin,
  claudeMarketplace,
  codexPlugin,
  geminiExtension,
]

/** The oclif hook `formats`: returns the formats that it adds. */
export default async function formats(): Promise<readonly ExchangeFormat[]> {
  return FORMATS
}
