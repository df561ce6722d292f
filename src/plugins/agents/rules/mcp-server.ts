import type { Finding, FindingPlace } from '../../../contract/diagnostic.ts'
import { allUnique, duplicates } from '../../../contract/fields/duplicates.ts'
import { quoted } from '../../../contract/fields/shown.ts'
import type { Mcp } from '../manifest/mcp.ts'
import type { CheckedMcpServer, StdioServer } from '../manifest/mcp-schema.ts'
import { makeFinding } from './catalogue.ts'
import { findHomePath } from './home-path.ts'
import { findLoosePackage } from './launcher.ts'
import { shellString } from './shell.ts'

const place = (mcp: Mcp, name: string, ...path: (string | number)[]): FindingPlace => ({
  file: mcp.file,
  pointer: [...mcp.at, name, ...path],
})

/** Checks one server apart from its URL and its secrets: transport, command and tools. */
export function checkServer(
  mcp: Mcp,
  name: string,
  server: CheckedMcpServer,
  draft: boolean,
  findings: Finding[],
): void {
  if (server.type === 'stdio') checkCommand(mcp, name, server, draft, findings)
  else if (server.type === 'sse')
    findings.push(
      makeFinding(
        'NOFX_MCP_TRANSPORT_SSE',
        place(mcp, name, 'type'),
        `mcpServers.${name}.type "sse" is deprecated in MCP`,
        'use "streamable-http" when the server offers it',
      ),
    )
  if (server.allowedTools) checkTools(mcp, name, server.allowedTools, findings)
}

function checkCommand(
  mcp: Mcp,
  name: string,
  server: StdioServer,
  draft: boolean,
  findings: Finding[],
): void {
  const { command, args = [] } = server
  checkHomePaths(mcp, name, server, findings)
  const shell = shellString(command, args)
  if (shell !== undefined) {
    const { problem, index } = shell
    const [field, program] = index < 0 ? ['command', command] : [`args[${index}]`, args[index] ?? '']
    findings.push(
      makeFinding(
        'NOFX_MCP_COMMAND_SHELL',
        index < 0 ? place(mcp, name, 'command') : place(mcp, name, 'args', index),
        `mcpServers.${name}.${field} ${quoted(program)} ${problem}`,
        'name the program in "command" and give each argument its own entry in "args"',
      ),
    )
    return
  }
  const loose = draft ? undefined : findLoosePackage(command, args)
  if (loose === undefined) return
  findings.push(
    makeFinding(
      'NOFX_MCP_PACKAGE_UNPINNED',
      place(mcp, name, 'args', loose.index),
      `mcpServers.${name} runs ${quoted(loose.spec)}, which is not one exact version`,
      'name an exact version (name@1.2.3, name==1.2.3, image:1.2.3 or image@sha256:…)',
    ),
  )
}

function checkHomePaths(
  mcp: Mcp,
  name: string,
  { command, args = [] }: StdioServer,
  findings: Finding[],
): void {
  for (const [index, word] of [command, ...args].entries()) {
    const path = findHomePath(word)
    if (path === undefined) continue
    const [field, at] = index === 0 ? ['command', ['command']] : [`args[${index - 1}]`, ['args', index - 1]]
    findings.push(
      makeFinding(
        'NOFX_MCP_PATH_HOME',
        place(mcp, name, ...(at as (string | number)[])),
        `mcpServers.${name}.${field} names ${quoted(path)}, which only one machine has`,
        'write a path that exists wherever the agent runs, such as "./data"',
      ),
    )
  }
}

function checkTools(mcp: Mcp, name: string, tools: readonly string[], findings: Finding[]): void {
  if (!allUnique(tools))
    for (const { index } of duplicates(tools))
      findings.push(
        makeFinding(
          'NOFX_MCP_TOOL_DUPLICATE',
          place(mcp, name, 'allowedTools', index),
          `mcpServers.${name}.allowedTools names ${quoted(tools[index] as string)} twice`,
          'remove one of them',
        ),
      )
  const any = tools.indexOf('*')
  if (any < 0) return
  findings.push(
    makeFinding(
      'NOFX_MCP_TOOL_ANY',
      place(mcp, name, 'allowedTools', any),
      `mcpServers.${name}.allowedTools "*" allows every tool, those added later included`,
      'name the tools that the agent needs',
    ),
  )
}
