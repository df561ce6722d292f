/** `\u0000`, which jsonb refuses, and lone surrogates, which UTF-8 cannot encode. */
const UNSTORABLE = /\u0000|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/

/** False for a text that a database cannot return unchanged. */
export function isStorable(text: string): boolean {
  return !UNSTORABLE.test(text)
}
