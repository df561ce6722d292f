import { request as httpRequest, type IncomingMessage, Agent as PlainAgent } from 'node:http'
import { request as httpsRequest, Agent as TlsAgent } from 'node:https'
import { isIPv6, type LookupFunction } from 'node:net'
import { Readable } from 'node:stream'
import { Failure } from '../../contract/failure.ts'
import { checkedAddresses, type ResolveHost } from './addresses.ts'
import { decodedBody } from './content-coding.ts'

export interface PinOptions {
  lookup: ResolveHost
  /** Whether http(s) servers of this machine may be reached. */
  loopback?: boolean
}

/** The part of `fetch` that MCP's transports use. */
export type McpFetch = (url: string | URL, init?: RequestInit) => Promise<Response>

/** Statuses without a body: `Response` throws if it gets one for them. */
const EMPTY = new Set([204, 205, 304])

/**
 * A `fetch` that connects only to addresses that it has checked: the name is resolved once for each request, and the
 * socket takes its address from that answer, so the name cannot change its meaning in between. Redirects are never
 * followed: with `redirect: 'manual'` the caller sees them, else they are refused. Proxies are not supported.
 * @throws Failure REFUSED, REMOTE_FAILED; also the errors of the connection
 */
export function pinnedFetch({ lookup, loopback = false }: PinOptions): McpFetch {
  // Own agents: a socket of a shared agent may be connected to an unchecked address.
  const agents = { 'http:': new PlainAgent({ keepAlive: true }), 'https:': new TlsAgent({ keepAlive: true }) }
  return async (input, init = {}) => {
    const url = new URL(input)
    const addresses = await checkedAddresses(url.hostname, lookup, loopback)
    const { protocol } = url
    if (protocol !== 'https:' && !(protocol === 'http:' && loopback && isOwn(addresses)))
      throw new Failure('REFUSED', `${url.origin} is not reached over ${protocol}//`, 'use https')
    const response = await send(url, init, { agent: agents[protocol], lookup: only(addresses) })
    if (init.redirect === 'manual' || response.status < 300 || response.status > 399) return response
    await response.body?.cancel()
    throw new Failure('REFUSED', `${url.origin} redirects elsewhere`, 'name the server at its own address')
  }
}

function isOwn(addresses: readonly string[]): boolean {
  return addresses.every((address) => address === '::1' || address.startsWith('127.'))
}

/** A resolver that gives a socket these addresses alone. */
function only(addresses: readonly string[]): LookupFunction {
  const resolved = addresses.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 }))
  return (_host, options, answer) => {
    const [first] = resolved
    if (options.all) answer(null, resolved)
    else answer(null, first?.address ?? '', first?.family)
  }
}

async function send(
  url: URL,
  { method = 'GET', headers, body, signal }: RequestInit,
  connection: { agent: PlainAgent | TlsAgent; lookup: LookupFunction },
): Promise<Response> {
  const request = url.protocol === 'https:' ? httpsRequest : httpRequest
  // `Response` turns every kind of body into bytes.
  const bytes = body === undefined || body === null ? undefined : await new Response(body).arrayBuffer()
  return new Promise((done, failed) => {
    // Without this field a server may choose any coding.
    const fields = { 'accept-encoding': 'identity', ...Object.fromEntries(new Headers(headers)) }
    const options = { method, headers: fields, signal: signal ?? undefined, ...connection }
    request(url, options, (answer) => {
      try {
        done(toResponse(answer))
      } catch (error) {
        // `Response` does not accept this status or header.
        answer.destroy()
        failed(error)
      }
    })
      .on('error', failed)
      .end(bytes && new Uint8Array(bytes))
  })
}

function toResponse(answer: IncomingMessage): Response {
  const { statusCode: status = 500, statusMessage: statusText, rawHeaders } = answer
  const headers = new Headers()
  for (let index = 0; index + 1 < rawHeaders.length; index += 2)
    headers.append(rawHeaders[index] as string, rawHeaders[index + 1] as string)
  if (!EMPTY.has(status)) {
    const body = decodedBody(answer)
    if (body !== answer) for (const name of ['content-encoding', 'content-length']) headers.delete(name)
    return new Response(Readable.toWeb(body) as ReadableStream, { status, statusText, headers })
  }
  answer.resume()
  return new Response(null, { status, statusText, headers })
}
