import * as z from 'zod'
import { about, fields, list, maybe, text, whole } from '../../../contract/fields/shape.ts'
import { NAME_LENGTH, SERVER_REFERENCE } from '../../servers/manifest/name.ts'

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/

/** Name of a secret that the runtime injects. */
export const secretName = text({
  max: 64,
  pattern: NAME,
  must: 'must be a name such as "GITHUB_TOKEN", never the secret itself',
})

// A rule checks the values instead of the schema, because a literal may be a secret and messages must not repeat it.
const injected = about(`Always "\${NAME}", with NAME in permissions.secrets.`, z.string())

const headers = z.record(
  text({ pattern: /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, must: 'must be the name of an HTTP header' }),
  injected,
)
const env = z.record(text({ pattern: NAME, must: 'must be the name of an environment variable' }), injected)

// Unreserved characters of RFC 3986: such a value cannot change the host that a URL names.
const urlValue = text({
  max: 128,
  pattern: /^[A-Za-z0-9._~-]+$/,
  must: 'must be letters, digits, "-", ".", "_" or "~"',
})

const variables = z.record(
  text({ pattern: NAME, must: 'must be a name such as "tenant"' }),
  fields(() => ({
    description: z.optional(text({ max: 1024 })),
    default: z.optional(urlValue),
    choices: z.optional(list(urlValue, 100)),
  })),
)

const allowedTools = maybe(
  'Tools that may be called; all tools by default.',
  list(text({ max: 128, pattern: /^\S+$/, must: 'must be the name of a tool' }), 500),
  { uniqueItems: true },
)
/** What a server may offer or request besides tools, by MCP's own names. */
export const MCP_CAPABILITIES = ['resources', 'prompts', 'sampling', 'elicitation', 'roots'] as const
export type McpCapability = (typeof MCP_CAPABILITIES)[number]

const capabilities = maybe(
  'What the server may offer or request beside tools; nothing by default.',
  list(z.enum(MCP_CAPABILITIES), MCP_CAPABILITIES.length),
  { uniqueItems: true },
)
const timeoutMs = maybe('Milliseconds until a request times out.', whole(100, 600_000))
const resetTimeoutOnProgress = maybe(
  'Whether each report of progress restarts timeoutMs, up to ten times timeoutMs in all.',
  z.boolean(),
)
const from = maybe(
  'The definition of the server, and the version that this entry was made from: "io.github.owner/name@1.2.3".',
  text({
    max: NAME_LENGTH + 129,
    pattern: SERVER_REFERENCE,
    must: 'must be a server and its exact version, such as "io.github.owner/name@1.2.3"',
  }),
)
const limits = { from, allowedTools, capabilities, timeoutMs, resetTimeoutOnProgress }

// A rule checks the URL's length instead of the schema, because a long URL may contain a token and messages must not
// repeat it.
const remote = {
  url: about('Public https URL; may hold {variables}, never a token.', z.string(), {
    minLength: 1,
    maxLength: 2048,
  }),
  headers: z.optional(headers),
  variables: maybe('Every {variable} of the url, by name.', variables),
  ...limits,
}

/** Shape of one server. */
export const mcpServer = z.discriminatedUnion('type', [
  z.strictObject({ type: z.enum(['streamable-http', 'sse']), ...remote }),
  z.strictObject({
    type: z.literal('stdio'),
    command: about('The executable, not a command line for a shell.', text({ min: 1, max: 512 })),
    args: maybe('The arguments, one in each entry.', list(text({ max: 4096 }), 100)),
    env: z.optional(env),
    ...limits,
  }),
])

/** Shape of `mcp.json`, and of an inline `mcp`. */
export const mcpConfig = z.strictObject({
  mcpServers: about(
    'Servers by name.',
    z.record(
      text({ max: 64, pattern: /^[A-Za-z0-9][A-Za-z0-9_-]*$/, must: 'must be letters, digits, "-" or "_"' }),
      mcpServer,
    ),
  ),
})

export type McpConfig = z.output<typeof mcpConfig>
export type CheckedMcpServer = z.output<typeof mcpServer>
export type RemoteServer = Extract<CheckedMcpServer, { url: string }>
export type StdioServer = Extract<CheckedMcpServer, { command: string }>
