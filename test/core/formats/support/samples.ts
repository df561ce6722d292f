import type { Diagnostic } from '../../../../src/contract/diagnostic.ts'
import type { FormatContext, Palette } from '../../../../src/core/formats/format.ts'

const plain = (text: string) => text

/** Colours as tags that show which colour was used. */
export const tags: Palette = {
  red: (text) => `<red>${text}</red>`,
  yellow: (text) => `<yellow>${text}</yellow>`,
  cyan: (text) => `<cyan>${text}</cyan>`,
  bold: (text) => `<bold>${text}</bold>`,
  dim: (text) => `<dim>${text}</dim>`,
}

export const context: FormatContext = {
  rules: { NOFX_MCP_URL_PRIVATE: { severity: 'error', summary: 'A server’s url is public.' } },
  version: '1.2.3',
  paint: { red: plain, yellow: plain, cyan: plain, bold: plain, dim: plain },
}

/** The finding in the example of the documentation. */
export const example: Diagnostic = {
  path: 'packages/shared/agents/reviewer/agent.json',
  line: 14,
  column: 7,
  severity: 'error',
  rule: 'NOFX_MCP_URL_PRIVATE',
  message: 'mcpServers.files.url "https://10.0.0.7/mcp" is a private address',
  hint: 'use a public https URL, or set "status": "draft"',
  kind: 'agents',
  id: 'reviewer',
  pointer: ['mcpServers', 'files', 'url'],
}

export const warning: Diagnostic = {
  ...example,
  severity: 'warning',
  rule: 'NOFX_FILE_UNNAMED',
  line: 1,
  column: 1,
}

/** What an attacker would write into a value, a file's name and a hint. */
export const hostile: Diagnostic = {
  ...example,
  path: 'a,b:c%\n::set-env name=X::1/<&"\'>.json',
  message: 'x\r\n::error::owned \u001b[2J\u202e]]></failure><system-out> %0A::debug::y \u2028 \ud800 \0',
  hint: '\u001b]8;;https://evil.example\u0007click\u001b]8;;\u0007\n::stop-commands::x',
}
