import { decodeUtf8, isJson, notJson } from '../../edge/http/json-body.ts'
import { refuse } from './problem.ts'

const HINT = 'send one JSON value with content-type application/json'

/**
 * The JSON body of a POST, parsed and as text. Its size was checked before.
 * @throws Refusal 400, 415
 */
export async function readJsonBody(request: Request): Promise<{ value: unknown; text: string }> {
  if (!isJson(request.headers)) throw refuse(415, 'CONTENT_TYPE', notJson(request.headers), HINT)
  const text = decodeUtf8(await request.arrayBuffer())
  if (text === undefined) throw refuse(400, 'BAD_REQUEST', 'the body is not UTF-8', HINT)
  try {
    return { value: JSON.parse(text), text }
  } catch (error) {
    const place = findPlace(error as SyntaxError, text)
    throw refuse(400, 'BAD_REQUEST', `the body is not JSON${place}`, HINT)
  }
}

/** The place of a syntax error as line and column, if the engine's message contains a position. */
function findPlace({ message }: SyntaxError, text: string): string {
  const position = /\bat position (\d+)/.exec(message)?.[1]
  const at = position === undefined ? text.length : Number(position)
  if (position === undefined && !/end of JSON input/i.test(message)) return ''
  const lines = text.slice(0, at).split('\n')
  return `: line ${lines.length}, column ${(lines.at(-1) ?? '').length + 1}`
}
