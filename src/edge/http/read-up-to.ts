/**
 * The bytes of a body; undefined when it has more than `limit`. A declared length may be missing or wrong, so received
 * bytes are counted; bytes past the limit are not kept.
 */
export async function readUpTo(limit: number, body: Request['body']): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length
    if (size > limit) return undefined
    chunks.push(chunk)
  }
  const bytes = new Uint8Array(size)
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.length
  }
  return bytes
}
