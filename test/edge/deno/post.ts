/**
 * Runs under Deno: posts once to the URL in its only argument, as the deployed forwarder does, and prints the outcome.
 */
import { createSend } from '../../../src/edge/forward/send.ts'

declare const Deno: { args: string[] }

const send = createSend(fetch, async () => ['127.0.0.1'], { loopback: true })
const outgoing = { url: Deno.args[0] ?? '', headers: { 'webhook-id': 'msg_1' }, body: '{"größe":1}' }
const said: { status?: number; retryAfter?: string; error?: string } = {}
try {
  said.status = await send(outgoing, AbortSignal.timeout(5_000), (header) => {
    said.retryAfter = header
  })
} catch (error) {
  said.error = (error as Error).message
}
console.log(JSON.stringify(said))
