import {
  addressProblem,
  type WebhookUrlOptions,
  webhookUrlProblem,
} from '../../contract/protocol/webhook-url.ts'

/** One POST, ready to be sent. */
export interface Outgoing {
  url: string
  headers: Record<string, string>
  body: string
}

/**
 * Posts to a URL that a caller chose: refuses private addresses, follows no redirect, reads at most `MAX_ANSWER` bytes
 * of the answer in at most `MAX_ANSWER_MS`, and drops them. The status counts, whatever follows it.
 * @param onRetryAfter called with the value of the receiver's `Retry-After` header
 * @returns the status
 * @throws Unsent when it was not sent, or when no status arrived
 */
export type Send = (
  outgoing: Outgoing,
  signal: AbortSignal,
  onRetryAfter?: (header: string) => void,
) => Promise<number>

/** All addresses of a name. @throws when it has none */
export type Resolve = (host: string) => Promise<string[]>

/** The most bytes of an answer that are read, so that the connection can be reused; a longer answer is cut off. */
export const MAX_ANSWER = 65_536
/** How long an answer is read once its status is known, milliseconds. */
export const MAX_ANSWER_MS = 1000

/** Why an answer is missing, in words that may be shown: without the URL's path and query. */
export class Unsent extends Error {}

/** @throws Unsent for a URL that a webhook must not have */
export function requireUrl(raw: string, options: WebhookUrlOptions): URL {
  const problem = webhookUrlProblem(raw, options)
  if (problem) throw new Unsent(`${problem.rule} ${problem.message}`)
  return new URL(raw)
}

/** @throws Unsent when the list is empty, or an address in it is not public */
export function requireAddresses(addresses: readonly string[], options: WebhookUrlOptions): void {
  if (addresses.length === 0) throw new Unsent('its name cannot be resolved')
  for (const address of addresses) {
    const problem = addressProblem(address, options)
    if (problem) throw new Unsent(`NOFX_WEBHOOK_URL_PRIVATE ${problem}`)
  }
}

/**
 * Sends with `fetch`, which resolves the name a second time: a name whose address changes between the two answers gets
 * through (docs/events.md). Where a socket's address can be chosen, use `src/cloud/hosted/send-pinned.ts`.
 */
export function createSend(
  fetch: typeof globalThis.fetch,
  resolve: Resolve,
  options: WebhookUrlOptions,
): Send {
  return async ({ url: raw, headers, body }, signal, onRetryAfter) => {
    const url = requireUrl(raw, options)
    if (!isAddress(url.hostname)) requireAddresses(await lookUp(url.hostname, resolve, signal), options)
    let answer: Response
    try {
      answer = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal })
    } catch (error) {
      throw new Unsent(signal.aborted ? 'it did not answer in time' : explainError(error))
    }
    const again = answer.headers.get('retry-after')
    if (again !== null) onRetryAfter?.(again)
    await drain(answer, signal)
    return answer.status
  }
}

async function lookUp(host: string, resolve: Resolve, signal: AbortSignal): Promise<string[]> {
  const late = new Promise<never>((_, reject) => {
    const give = () => reject(new Unsent('its name was not resolved in time'))
    if (signal.aborted) give()
    else signal.addEventListener('abort', give, { once: true })
  })
  const looked = resolve(host).catch((): string[] => [])
  return Promise.race([looked, late])
}

/** `URL.hostname` is in brackets for IPv6, and digits and dots for IPv4. */
function isAddress(hostname: string): boolean {
  return hostname.startsWith('[') || /^[\d.]+$/.test(hostname)
}

/** Reads and drops the start of an answer. */
async function drain({ body }: Response, signal: AbortSignal): Promise<void> {
  const reader = body?.getReader()
  if (!reader) return
  const give = () => void reader.cancel().catch(() => {})
  const late = setTimeout(give, MAX_ANSWER_MS)
  signal.addEventListener('abort', give, { once: true })
  let left = MAX_ANSWER
  try {
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
      left -= chunk.value.byteLength
      if (left <= 0) break
    }
  } catch {
    // The rest of the answer is not needed.
  } finally {
    clearTimeout(late)
    signal.removeEventListener('abort', give)
    give()
  }
}

/** Only codes and a few known phrases: the message of an error may quote the URL. */
function explainError(error: unknown): string {
  const { cause, code } = error as { cause?: { code?: unknown }; code?: unknown }
  const errorCode = cause?.code ?? code
  return typeof errorCode === 'string' ? `it cannot be reached (${errorCode})` : 'it cannot be reached'
}
