/** Whether a request declares its body as JSON. */
export function isJson(headers: Headers): boolean {
  return /^application\/json\s*(;|$)/i.test(headers.get('content-type') ?? '')
}

/** The message of the refusal of another content type, which a caller may have made long. */
export function notJson(headers: Headers): string {
  return `content-type "${(headers.get('content-type') ?? '').slice(0, 100)}" is not application/json`
}

/** Decodes UTF-8; undefined for other bytes. A byte order mark stays, since no JSON text may begin with it. */
export function decodeUtf8(bytes: ArrayBuffer | Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}
