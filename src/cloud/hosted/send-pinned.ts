import { promises as dns, type LookupAddress } from 'node:dns'
import { request as overHttp } from 'node:http'
import { request as overHttps } from 'node:https'
import type { LookupFunction } from 'node:net'
import type { WebhookUrlOptions } from '../../contract/protocol/webhook-url.ts'
import {
  MAX_ANSWER,
  MAX_ANSWER_MS,
  type Outgoing,
  requireAddresses,
  requireUrl,
  type Send,
  Unsent,
} from '../../edge/forward/send.ts'

/** All addresses of a name, from the system's resolver. */
export type LookUpAddresses = (host: string) => Promise<LookupAddress[]>

const askSystem: LookUpAddresses = (host) => dns.lookup(host, { all: true })

/**
 * Sends over a new socket to an address that was checked: the name is resolved once, so it cannot change between the
 * check and the connection.
 */
export function createPinnedSend(options: WebhookUrlOptions, lookUp: LookUpAddresses = askSystem): Send {
  const lookup = checkedLookup(options, lookUp)
  return async (outgoing, signal, onRetryAfter) => {
    const url = requireUrl(outgoing.url, options)
    return post(url, outgoing, signal, { lookup, onRetryAfter })
  }
}

function post(
  url: URL,
  { headers, body }: Outgoing,
  signal: AbortSignal,
  { lookup, onRetryAfter }: { lookup: LookupFunction; onRetryAfter?: (header: string) => void },
): Promise<number> {
  const request = url.protocol === 'http:' ? overHttp : overHttps
  const length = String(Buffer.byteLength(body))
  return new Promise((resolve, reject) => {
    let status: number | undefined
    const outgoing = request(
      url,
      { method: 'POST', headers: { ...headers, 'content-length': length }, signal, lookup, agent: false },
      (answer) => {
        const again = answer.headers['retry-after']
        if (again !== undefined) onRetryAfter?.(again)
        status = answer.statusCode ?? 0
        const late = setTimeout(() => answer.destroy(), MAX_ANSWER_MS)
        let left = MAX_ANSWER
        answer.on('data', (chunk: Buffer) => {
          left -= chunk.length
          if (left <= 0) answer.destroy()
        })
        // The status counts even if the body is cut off.
        answer.on('error', () => {})
        answer.once('close', () => {
          clearTimeout(late)
          resolve(answer.statusCode ?? 0)
        })
      },
    )
    outgoing.once('error', (error: NodeJS.ErrnoException) => {
      if (status !== undefined) resolve(status)
      else if (error instanceof Unsent) reject(error)
      else if (signal.aborted) reject(new Unsent('it did not answer in time'))
      else reject(new Unsent(`it cannot be reached${error.code ? ` (${error.code})` : ''}`))
    })
    outgoing.end(body)
  })
}

/** The resolver of a socket. It gives only addresses that were checked. */
function checkedLookup(options: WebhookUrlOptions, lookUp: LookUpAddresses): LookupFunction {
  return (host, { all }, callback) => {
    const failed = (error: Error) => callback(error, [])
    const accept = (addresses: LookupAddress[]) => {
      requireAddresses(
        addresses.map(({ address }) => address),
        options,
      )
      const [first] = addresses
      if (all) callback(null, addresses)
      else callback(null, first?.address ?? '', first?.family)
    }
    lookUp(host).then(accept).catch(failed)
  }
}
