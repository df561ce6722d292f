import { readFileSync } from 'node:fs'
import { StdioServerTransport } from '@modelcontextprotocol/server/stdio'
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
  const stop = new AbortController()
  // The transport sends nothing after the end of its input, so that open requests have to be answered before it notices.
  process.stdin.once('end', () => stop.abort())
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, () => stop.abort())
  // SSE, the transport before streamable HTTP, answers on a separate stream instead of in the response.
  const isInResponse = settings.type === 'streamable-http'
  const streams = createAnswerStreams(isInResponse)
  const answers = isInResponse ? streams : undefined
  const backlog = () => process.stdout.writableLength
  const options = { ...settings, answers, backlog, stop: stop.signal }
  await runBridge(client, () => connectServer(settings, streams), options)
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
