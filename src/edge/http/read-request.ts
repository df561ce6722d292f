import type * as z from 'zod'
import { fieldDemands } from '../../contract/manifest/zod-demand.ts'
import { syncRequest } from '../../contract/protocol/sync.ts'
import { MAX_BODY } from '../../contract/source.ts'
import { decodeUtf8, isJson, notJson } from './json-body.ts'
import { readUpTo } from './read-up-to.ts'
import { malformed, tooLarge } from './refusal.ts'

/** A request after parsing, with defaults filled in. */
export type ParsedRequest = z.output<typeof syncRequest>

const SEND_JSON = 'send one JSON object with content-type application/json'
const MAX_ISSUES = 20

/** @throws Refusal 405 for every method but POST */
export function requirePost({ method }: Request): void {
  if (method !== 'POST') throw malformed(405, 'route', `${method} is not allowed here`, 'send POST')
}

/**
 * Reads and checks the body of a POST: content type, size, JSON, shape.
 * @throws Refusal 400, 413, 415
 */
export async function readRequest(request: Request): Promise<ParsedRequest> {
  return readJson(request, syncRequest)
}

/**
 * Checks a body that was read already.
 * @throws Refusal 400
 */
export function parseRequest(text: string): ParsedRequest {
  return parse(text, syncRequest)
}

/** The same for any shape. @param limit of the body, in bytes */
export async function readJson<T>(
  request: Request,
  shape: z.ZodType<T>,
  limit: number = MAX_BODY,
): Promise<T> {
  if (!isJson(request.headers)) throw malformed(415, 'body', notJson(request.headers), SEND_JSON)
  return parse(await readText(request, limit), shape)
}

async function readText(request: Request, limit: number): Promise<string> {
  const isDeclared = Number(request.headers.get('content-length') ?? 0) > limit
  const bytes = isDeclared ? undefined : await readUpTo(limit, request.body)
  if (!bytes) throw tooLarge(limit, limit === MAX_BODY ? 'stage fewer definitions in one call' : 'send less')
  const text = decodeUtf8(bytes)
  if (text === undefined) throw malformed(400, 'body', 'the body is not UTF-8', SEND_JSON)
  return text
}

function parse<T>(text: string, shape: z.ZodType<T>): T {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    throw malformed(400, 'body', 'the body is not JSON', SEND_JSON)
  }
  const parsed = shape.safeParse(body)
  if (parsed.success) return parsed.data
  const issues = fieldDemands(parsed.error.issues.slice(0, MAX_ISSUES)).map(({ field, message }) => ({
    path: field,
    message,
  }))
  const [first] = issues
  throw malformed(
    400,
    'shape',
    `${first?.path || 'the request'}: ${first?.message}`,
    'update nofx: client and server speak different versions of the protocol',
    { issues },
  )
}
