import type { ReadCall, ReadDocument } from './database/read-documents.ts'
import type { Keys } from './keys.ts'

const CALL = /^\/rest\/v1\/rpc\/([a-z_]+)$/
/** Headers that ask for another form of the answer, or for other rights. */
const SPECIAL = ['accept-profile', 'prefer', 'range']
const PLAIN = new Set(['*/*', 'application/json'])
/** What lite says about one document. */
const HEADERS = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'Content-Range, Content-Location, Preference-Applied',
  'content-range': '0-0/*',
  'content-type': 'application/json; charset=utf-8',
}

/**
 * Answers the call of a function that reads, if the caller has one of the keys and asks for nothing special.
 * @returns undefined if lite has to answer: also after a failure, since to read a second time changes nothing
 */
export async function answerRead(
  request: Request,
  body: Uint8Array,
  { keys, read }: { keys: Keys; read: ReadDocument },
): Promise<Response | undefined> {
  const call = parseCall(request, body, keys)
  const document = call && (await read(call).catch(() => undefined))
  return document === undefined ? undefined : new Response(document, { headers: HEADERS })
}

function parseCall({ method, url, headers }: Request, body: Uint8Array, keys: Keys): ReadCall | undefined {
  const { pathname, search } = new URL(url)
  const name = CALL.exec(pathname)?.[1]
  const role = findRole(headers, keys)
  if (name === undefined || !role || method !== 'POST' || search !== '' || !isUsual(headers)) return undefined
  const args = parseArguments(new TextDecoder().decode(body))
  return args && { role, name, args }
}

/** The role of a key. A token of a user is left to lite, which checks it. */
function findRole(headers: Headers, { publishable, secret }: Keys): ReadCall['role'] | undefined {
  const key = headers.get('apikey')
  const bearer = headers.get('authorization')
  if (key === null || (bearer !== null && bearer !== `Bearer ${key}`)) return undefined
  if (key === secret) return 'service_role'
  return key === publishable ? 'anon' : undefined
}

function isUsual(headers: Headers): boolean {
  return (
    SPECIAL.every((name) => !headers.has(name)) &&
    PLAIN.has(headers.get('accept') ?? '*/*') &&
    (headers.get('content-profile') ?? 'public') === 'public' &&
    headers.get('content-type') === 'application/json'
  )
}

function parseArguments(text: string): Record<string, unknown> | undefined {
  try {
    const args: unknown = JSON.parse(text)
    return typeof args === 'object' && args !== null && !Array.isArray(args)
      ? (args as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}
