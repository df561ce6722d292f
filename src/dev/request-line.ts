import { withoutKeys } from '../contract/text/without-keys.ts'

/** Facts about a request that has ended. */
export interface Answered {
  method: string
  /** Path and query as sent. */
  target: string
  /** Undefined when the client disconnected before an answer. */
  status: number | undefined
  ms: number
  /** Bytes sent, headers included. */
  bytes: number
}

const CREDENTIALS = /^(.*token|.*key|secret|password|signature|code)$/i

/**
 * One line for people: `14:03:07 GET /rest/v1/agent_registry?select=id 200 4 ms 512 B`. It never holds a credential.
 */
export function requestLine({ method, target, status, ms, bytes }: Answered, at = new Date()): string {
  const time = at.toTimeString().slice(0, 8)
  return `${time} ${method} ${shownTarget(target)} ${status ?? 'gone'} ${Math.round(ms)} ms ${bytes} B`
}

/** The same as one line of JSON for machines, with the time in UTC. */
export function requestJson({ method, target, status, ms, bytes }: Answered, at = new Date()): string {
  const rest = { method, target: shownTarget(target), status: status ?? null, ms: Math.round(ms), bytes }
  return JSON.stringify({ event: 'request', at: at.toISOString(), ...rest })
}

/** The forms of the line that `nofx dev` logs for each request. */
export const REQUEST_LINES = { text: requestLine, json: requestJson } as const

export type RequestForm = keyof typeof REQUEST_LINES

/** The request target without the values of its credentials. */
export function shownTarget(target: string): string {
  const [path = '', query] = target.split(/\?(.*)/s)
  if (query === undefined) return withoutKeys(path)
  const pairs = query.split('&').map((pair) => {
    const [name = ''] = pair.split('=')
    return CREDENTIALS.test(decoded(name)) && name !== pair ? `${name}=…` : pair
  })
  return withoutKeys(`${path}?${pairs.join('&')}`)
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}
