import { masked } from '../../../core/contract/fields/shown.ts'
import type { Finding } from '../../../core/diagnostic.ts'
import type { Mcp } from '../mcp.ts'
import type { McpServer } from '../mcp-schema.ts'
import { report } from '../rules.ts'

const INJECTED = /^\$\{([A-Za-z_][A-Za-z0-9_]*)\}$/
const MENTIONED = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g

/** Rules on what a server is given: headers, environment, and secrets named in arguments. */
export function checkInjected(
  mcp: Mcp,
  name: string,
  server: McpServer,
  secrets: readonly string[],
  findings: Finding[],
): void {
  if ('url' in server) {
    if (server.headers) checkValues(mcp, name, 'headers', server.headers, secrets, findings)
    return
  }
  if (server.env) checkValues(mcp, name, 'env', server.env, secrets, findings)
  server.args?.forEach((arg, index) => {
    if (!arg.includes('${')) return
    for (const [, secret = ''] of arg.matchAll(MENTIONED))
      if (!secrets.includes(secret)) undeclared(mcp, [name, 'args', index], secret, findings)
  })
}

function checkValues(
  mcp: Mcp,
  name: string,
  field: 'headers' | 'env',
  values: Readonly<Record<string, string>>,
  secrets: readonly string[],
  findings: Finding[],
): void {
  for (const key in values) {
    const value = values[key] as string
    const secret = INJECTED.exec(value)?.[1]
    if (secret === undefined)
      findings.push(
        report(
          'NOFX_MCP_VALUE_LITERAL',
          { file: mcp.file, pointer: [...mcp.at, name, field, key] },
          `mcpServers.${name}.${field}.${key} is ${masked(value)} instead of "\${NAME}"`,
          `keep the whole value as a secret, list its name in permissions.secrets and write "\${NAME}"`,
        ),
      )
    else if (!secrets.includes(secret)) undeclared(mcp, [name, field, key], secret, findings)
  }
}

function undeclared(mcp: Mcp, path: readonly (string | number)[], secret: string, findings: Finding[]): void {
  findings.push(
    report(
      'NOFX_MCP_SECRET_UNDECLARED',
      { file: mcp.file, pointer: [...mcp.at, ...path] },
      `mcpServers.${path.join('.')} uses \${${secret}}, which permissions.secrets does not list`,
      `add "${secret}" to permissions.secrets`,
    ),
  )
}
