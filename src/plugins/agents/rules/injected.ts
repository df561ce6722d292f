import type { Finding } from '../../../contract/diagnostic.ts'
import { dotted, masked, quoted } from '../../../contract/fields/shown.ts'
import type { Mcp } from '../manifest/mcp.ts'
import type { CheckedMcpServer } from '../manifest/mcp-schema.ts'
import { makeFinding } from './catalogue.ts'

const INJECTED = /^\$\{([A-Za-z_][A-Za-z0-9_]*)\}$/
/** Everything that a shell, Windows or an MCP client would replace; `%C3%A9` is part of a URL. At the end of a word `$` is literal, as in `^a$`. */
const FORM =
  /\$(?:\{[^}]*\}?|\([^)]*\)?|[A-Za-z_]\w*|[0-9@*#?!$])|%[A-Za-z_]\w{2,}%(?![0-9A-Fa-f]{2})|(?<!\$)\{\{\s*(?:secrets?|env|inputs?|vars?|parameters)\.\w+\s*\}\}/g

/** Variables that other MCP clients, and shells, fill in; they are not names of secrets. */
const FOREIGN =
  /^(?:CLAUDE_\w+|HOME|PWD|USER|PATH|SHELL|TMPDIR|workspaceFolder\w*|userHome|cwd|file\w*|extensionPath|__dirname)$/

/** Checks what a server receives: headers, environment, and secrets named in arguments. */
export function checkInjected(
  mcp: Mcp,
  name: string,
  server: CheckedMcpServer,
  secrets: readonly string[],
  findings: Finding[],
): void {
  if ('url' in server) {
    if (server.headers) checkValues(mcp, name, 'headers', server.headers, secrets, findings)
    return
  }
  if (server.env) checkValues(mcp, name, 'env', server.env, secrets, findings)
  server.args?.forEach((arg, index) => {
    if (/[$%{]/.test(arg)) checkArgument(mcp, [name, 'args', index], arg, secrets, findings)
  })
}

/**
 * A secret may be part of an argument. Other text that looks like a reference would be passed on literally, so it is
 * reported.
 */
function checkArgument(
  mcp: Mcp,
  path: readonly (string | number)[],
  arg: string,
  secrets: readonly string[],
  findings: Finding[],
): void {
  for (const [form] of arg.matchAll(FORM)) {
    const secret = INJECTED.exec(form)?.[1]
    if (secret === undefined)
      findings.push(
        makeFinding(
          'NOFX_MCP_PLACEHOLDER',
          { file: mcp.file, pointer: [...mcp.at, ...path] },
          `mcpServers.${dotted(path)} has ${quoted(form)}, which is never filled in`,
          `write the value itself, or "\${NAME}" of a secret in permissions.secrets: no default, no command, no other form`,
        ),
      )
    else if (!secrets.includes(secret)) undeclared(mcp, path, secret, findings)
  }
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
        makeFinding(
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
  const hint = FOREIGN.test(secret)
    ? `write the value itself: a worker fills in secrets alone, and \${${secret}} is not one`
    : `add "${secret}" to permissions.secrets`
  findings.push(
    makeFinding(
      'NOFX_MCP_SECRET_UNDECLARED',
      { file: mcp.file, pointer: [...mcp.at, ...path] },
      `mcpServers.${dotted(path)} uses \${${secret}}, which permissions.secrets does not list`,
      hint,
    ),
  )
}
