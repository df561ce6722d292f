import { readFileSync } from 'node:fs'
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js'
import { createAnswerStreams } from './answer-streams.ts'
import { runBridge } from './bridge.ts'
import { bridgeSettings } from './bridge-settings.ts'
import { connectServer } from './connect-server.ts'

// The program that `mcp.json` names for every server: an MCP server on stdin and stdout in front of the real one. Its
// one argument is the path of its settings.

/** How long a client may take to read the last answers when the bridge has failed, milliseconds. */
const UNREAD_MS = 1000

async function main(): Promise<void> {
  const [path = ''] = process.argv.slice(2)
  const settings = bridgeSettings.parse(JSON.parse(readFileSync(path, 'utf8')))
  const client = new StdioServerTransport()
  // The SDK's transport does not report the end of its input, which is how a client ends the session.
  for (const event of ['end', 'close', 'error']) process.stdin.once(event, () => void client.close())
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
    process.once(signal, () => void client.close())
  const streams = createAnswerStreams()
  // SSE, the transport before streamable HTTP, answers on a separate stream instead of in the response.
  const answers = settings.type === 'streamable-http' ? streams : undefined
  const backlog = () => process.stdout.writableLength
  await runBridge(client, () => connectServer(settings, streams), { ...settings, answers, backlog })
}

main().then(
  () => process.stdin.destroy(),
  (error: Error) => {
    // Clients show a server's stderr. An error's message holds no secret; its stack may.
    process.stderr.write(`nofx mcp bridge: ${error.message.split('\n', 1)[0]}\n`)
    process.exitCode = 1
    process.stdin.destroy()
    // Output that the client does not read keeps the process alive, and nothing else would end it.
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), UNREAD_MS).unref()
  },
)
