import { isObject } from '../../contract/is-object.ts'
import { keyMatcher } from '../../edge/auth/secret-keys.ts'
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

/** Browsers send this product name; lite refuses the secret key from a browser. */
const BROWSER = /mozilla/i

/** Answers a request with this body; undefined if lite has to answer. */
type AnswerRead = (request: Request, body: Uint8Array) => Promise<Response | undefined>

/**
 * Answers the call of a function that reads, if the caller has one of the keys and asks for nothing special. lite has to
 * answer every other call, and also after a failure, since to read a second time changes nothing.
 */
export function createAnswerRead(roleOf: RoleOf, read: ReadDocument): AnswerRead {
  return async (request, body) => {
    const call = parseCall(request, body, roleOf)
    const document = call && (await read(call).catch(() => undefined))
    return document === undefined ? undefined : new Response(document, { headers: HEADERS })
  }
}

/** The role of who sends these headers; undefined if lite has to find it out. */
export type RoleOf = (headers: Headers) => ReadCall['role'] | undefined

function parseCall(
  { method, url, headers }: Request,
  body: Uint8Array,
  roleOf: RoleOf,
): ReadCall | undefined {
  const { pathname, search } = new URL(url)
  const name = CALL.exec(pathname)?.[1]
  if (name === undefined || method !== 'POST' || search !== '' || !isUsual(headers)) return undefined
  const role = roleOf(headers)
  const args = role && parseArguments(new TextDecoder().decode(body))
  return args && { role, name, args }
}

/** The role of a key. A token of a user is left to lite, which checks it. */
export function roleFinder({ publishable, secret }: Keys): RoleOf {
  const isSecret = keyMatcher([secret])
  const isPublishable = keyMatcher([publishable])
  return (headers) => {
    const key = headers.get('apikey')
    const bearer = headers.get('authorization')
    if (key === null || (bearer !== null && bearer !== `Bearer ${key}`)) return undefined
    if (isSecret(key)) return BROWSER.test(headers.get('user-agent') ?? '') ? undefined : 'service_role'
    return isPublishable(key) ? 'anon' : undefined
  }
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
    return isObject(args) ? args : undefined
  } catch {
    return undefined
  }
}
