import { readFileSync } from 'node:fs'
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js'
import { runBridge } from './bridge.ts'
import { bridgeSettings } from './bridge-settings.ts'
import { connectServer } from './connect-server.ts'

// The program that `mcp.json` names for every server: an MCP server on stdin and stdout in front of the real one. Its
// one argument is the path of its settings.

async function main(): Promise<void> {
  const [path = ''] = process.argv.slice(2)
  const settings = bridgeSettings.parse(JSON.parse(readFileSync(path, 'utf8')))
  const client = new StdioServerTransport()
  // The SDK's transport does not tell when its input ends, and that is how a client says that it is done.
  for (const event of ['end', 'close', 'error']) process.stdin.once(event, () => void client.close())
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
    process.once(signal, () => void client.close())
  await runBridge(client, connectServer(settings), settings)
}

main().then(
  () => process.stdin.destroy(),
  (error: Error) => {
    // A client shows what a server says on stderr; the message of an error holds no secret, its stack may.
    process.stderr.write(`nofx mcp bridge: ${error.message.split('\n', 1)[0]}\n`)
    process.exitCode = 1
    process.stdin.destroy()
  },
)
