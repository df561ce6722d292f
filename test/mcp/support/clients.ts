import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { ORIGIN } from '../../api/support/api-under-test.ts'

/** The revisions of the protocol that clients speak: that of 2025 with a handshake, and that of 2026 without. */
export const REVISIONS = { '2025-11-25': {}, '2026-07-28': { versionNegotiation: { mode: 'auto' } } } as const
export type McpRevision = keyof typeof REVISIONS

const INFO = { name: 'test', version: '1' }

/** Connects the SDK's own client to an API in this process. */
export async function connectHttp(
  fetch: (request: Request) => Response | Promise<Response>,
  revision: McpRevision,
  headers: Record<string, string> = {},
): Promise<Client> {
  const client = new Client(INFO, REVISIONS[revision])
  const transport = new StreamableHTTPClientTransport(new URL('/api/mcp', ORIGIN), {
    fetch: async (input, init) => fetch(new Request(input, init)),
    requestInit: { headers },
  })
  await client.connect(transport)
  return client
}

/** Connects it to the built program in a folder, with an environment. */
export async function connectStdio(
  { cwd, env = {} }: { cwd: string; env?: Record<string, string> },
  revision: McpRevision,
  ...args: string[]
): Promise<Client> {
  const client = new Client(INFO, REVISIONS[revision])
  const program = new URL('../../../bin/run.js', import.meta.url).pathname
  const { PATH = '', HOME = '' } = process.env
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [program, 'mcp', ...args],
      cwd,
      env: { PATH, HOME, ...env },
      stderr: 'inherit',
    }),
  )
  return client
}

/** The data of a tool's answer, or the code of its refusal. */
export async function call(client: Client, name: string, args: object = {}) {
  const { isError, structuredContent, content } = await client.callTool({
    name,
    arguments: args as Record<string, unknown>,
  })
  const [first] = content as { type: string; text?: string }[]
  if (!isError) return { data: structuredContent as Record<string, unknown>, content }
  return { problem: JSON.parse(first?.text ?? '{}') as { code: string; message: string }, content }
}
