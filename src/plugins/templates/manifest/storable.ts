/** `\u0000`, which jsonb refuses, and lone surrogates, which UTF-8 cannot carry. */
const UNSTORABLE = /\u0000|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/

/** False for a text that no database would give back as it was. */
export function isStorable(text: string): boolean {
  return !UNSTORABLE.test(text)
}
