import type { Transport } from '@modelcontextprotocol/client'
import type { AnswerStreams } from './answer-streams.ts'
import type { BridgeSettings } from './bridge-settings.ts'

/**
 * The transport to a server, not started yet. The environment of a stdio server holds what the SDK deems safe (PATH,
 * HOME and the like) and the server's own secrets; a remote server is reached at checked addresses alone, and redirects
 * are followed only within its own origin. Loads the code of the server's transport and of no other.
 * @param streams limits the answers of a remote server, and knows which of them are event streams
 */
export async function connectServer(settings: BridgeSettings, streams: AnswerStreams): Promise<Transport> {
  if (settings.type === 'stdio') {
    const { command, args, env } = settings
    const { StdioClientTransport } = await import('@modelcontextprotocol/client/stdio')
    return new StdioClientTransport({ command, args, env, stderr: 'inherit' })
  }
  const { connectRemote } = await import('./connect-remote.ts')
  return connectRemote(settings, streams)
}
