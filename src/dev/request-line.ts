import { withoutKeys } from '../cloud/registry/without-keys.ts'

/** What is known of a request once it is over. */
export interface Answered {
  method: string
  /** As it came: path and query. */
  target: string
  /** Undefined when the client went away before there was an answer. */
  status: number | undefined
  ms: number
  /** Sent on the wire, with headers. */
  bytes: number
}

const CREDENTIALS = /^(.*token|.*key|secret|password|signature|code)$/i

/** One line for people: `14:03:07 GET /rest/v1/agent_registry?select=id 200 4 ms 512 B`. It never holds a credential. */
export function requestLine({ method, target, status, ms, bytes }: Answered, at = new Date()): string {
  const time = at.toTimeString().slice(0, 8)
  return `${time} ${method} ${shownTarget(target)} ${status ?? 'gone'} ${Math.round(ms)} ms ${bytes} B`
}

/** The target without the values of its credentials. */
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
