import * as z from 'zod'
import { MCP_CAPABILITIES } from '../../plugins/agents/manifest/mcp-schema.ts'
import type { ResolvedServer } from './resolve-mcp.ts'

const limits = {
  allowedTools: z.optional(z.array(z.string())),
  capabilities: z.optional(z.array(z.enum(MCP_CAPABILITIES))),
  timeoutMs: z.optional(z.int().positive()),
  resetTimeoutOnProgress: z.optional(z.boolean()),
}

const texts = z.record(z.string(), z.string())

/** The settings of one bridge, in a file that only its owner can read: they hold secrets. */
export const bridgeSettings = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('stdio'),
    command: z.string(),
    args: z.array(z.string()),
    env: texts,
    ...limits,
  }),
  z.object({
    type: z.enum(['streamable-http', 'sse']),
    url: z.url(),
    headers: texts,
    loopback: z.boolean(),
    ...limits,
  }),
])

export type BridgeSettings = z.output<typeof bridgeSettings>
export type RemoteSettings = Exclude<BridgeSettings, { type: 'stdio' }>

/** The settings for a server, without the resolved addresses: the bridge resolves the host for every connection. */
export function settingsFor(server: ResolvedServer): object {
  if (server.type === 'stdio') return server
  const { addresses: _checked, ...settings } = server
  return settings
}
