import type * as z from 'zod'
import { newSecret } from '../../contract/protocol/signature.ts'
import { type WebhookUrlOptions, webhookUrlProblem } from '../../contract/protocol/webhook-url.ts'
import { type AddedWebhook, forwarderRequest, type RotatedWebhook } from '../../contract/protocol/webhooks.ts'
import { readJson, requirePost } from '../http/read-request.ts'
import { denied, Refusal } from '../http/refusal.ts'
import { respond } from '../http/respond.ts'
import { call, type Rpc } from '../http/rpc.ts'
import { type Line, serve } from '../http/serve.ts'
import { attempt, type ForwardPorts, forwardEvents } from './forwarder.ts'
import { destinationAnswer, pingMessage } from './message.ts'

export interface HandlerPorts extends ForwardPorts, WebhookUrlOptions {
  /**
   * Whether a request carries a secret key. Without it every caller
   * is trusted: then the handler runs in the caller's process.
   */
  isTrusted?: (request: Request) => boolean
  /** Time limit of one `forward` action, milliseconds. */
  budgetMs: number
}

type ParsedForwarderRequest = z.output<typeof forwarderRequest>

/** The largest request, bytes: it holds a URL and a few short texts. */
const MAX_REQUEST = 64_000

/**
 * The handler of the edge function `registry_events_forward`: delivers what is due, and keeps the list of destinations.
 * For holders of a secret key alone; a request's body is not read before the key is checked.
 */
export function createForwardHandler(ports: HandlerPorts): (request: Request) => Promise<Response> {
  return (request) => {
    const work = async (line: Line) => {
      requirePost(request)
      if (ports.isTrusted?.(request) === false)
        throw denied(401, 'this needs a secret key', 'send a secret key as "apikey"')
      const parsed = await readJson(request, forwarderRequest, MAX_REQUEST)
      line.action = parsed.action
      const result = await answer(parsed, ports)
      if (parsed.action === 'forward') Object.assign(line, result)
      return respond(200, { ok: true, result })
    }
    return serve({ event: 'registry_forward' }, ports.log, work, isWorthLogging)
  }
}

/** A schedule calls every few seconds; a call without a delivery is not logged. */
function isWorthLogging({ action, delivered, failed, dead, disabled }: Line, status: number): boolean {
  const isIdle = action === 'forward' && [delivered, failed, dead, disabled].every((count) => count === 0)
  return status !== 200 || !isIdle
}

async function answer(parsed: ParsedForwarderRequest, ports: HandlerPorts): Promise<unknown> {
  const { rpc, secrets } = ports
  switch (parsed.action) {
    case 'forward':
      return forwardEvents(ports, { budgetMs: ports.budgetMs })
    case 'list':
      return call(rpc, 'registry_list_webhooks', {})
    case 'remove':
      return call(rpc, 'registry_remove_webhook', { p_id: parsed.id })
    case 'test': {
      const destination = destinationAnswer.parse(
        await call(rpc, 'registry_webhook_target', { p_id: parsed.id }),
      )
      return attempt(ports, (now) => pingMessage(destination, secrets, now))
    }
    case 'rotate':
      return rotate(parsed.id, rpc)
    case 'add':
      return add(parsed, ports)
  }
}

async function rotate(id: string, rpc: Rpc): Promise<RotatedWebhook> {
  const secret = newSecret()
  const rotated = await call(rpc, 'registry_rotate_webhook', { p_request: { id, secret } })
  return { ...(rotated as Omit<RotatedWebhook, 'secret'>), secret }
}

/**
 * Adds a destination. A deployment's secret is in no table: the answer contains it once, to be set for the forwarder
 * and the deployment.
 */
async function add(
  { action: _, ...destination }: Extract<ParsedForwarderRequest, { action: 'add' }>,
  { rpc, loopback }: HandlerPorts,
): Promise<AddedWebhook> {
  const problem = webhookUrlProblem(destination.url, { loopback })
  if (problem)
    throw new Refusal(422, 'check', {
      code: 'REFUSED',
      message: `${problem.rule} ${problem.message}`,
      hint: problem.hint,
      detail: { rule: problem.rule },
    })
  const url = new URL(destination.url).href
  const secret = newSecret()
  const p_request = destination.deployment
    ? // Publishers may listen to the deployment's API, so it has to receive drafts as well.
      { ...destination, url, secret: null, audience: 'publisher' }
    : { ...destination, url, secret }
  const added = (await call(rpc, 'registry_add_webhook', { p_request })) as Omit<AddedWebhook, 'secret'>
  return { ...added, secret }
}
