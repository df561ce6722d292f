import { ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server'
import * as z from 'zod'

const shape = z.strictObject({ kind: z.string().max(64), cursor: z.string().max(500).optional() })

/** A place in the lists of several kinds, one after another. */
export type KindCursor = z.infer<typeof shape>

export function encodeKindCursor(place: KindCursor): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url')
}

/**
 * The place that a caller sends back; without a cursor the beginning of the first kind. Undefined without any kind.
 * @throws ProtocolError for a cursor that this server did not make
 */
export function decodeKindCursor(
  text: string | undefined,
  kinds: readonly { id: string }[],
): KindCursor | undefined {
  const [first] = kinds
  if (text === undefined) return first && { kind: first.id }
  const place = shape.safeParse(parse(text))
  if (place.success && kinds.some(({ id }) => id === place.data.kind)) return place.data
  throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'the cursor does not belong to this list')
}

/** The place after a page of a kind: its next page, or the next kind; undefined at the end. */
export function placeAfter(
  { kind }: KindCursor,
  nextCursor: string | null,
  kinds: readonly { id: string }[],
): KindCursor | undefined {
  if (nextCursor !== null) return { kind, cursor: nextCursor }
  const next = kinds[kinds.findIndex(({ id }) => id === kind) + 1]
  return next && { kind: next.id }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))
  } catch {
    return undefined
  }
}
