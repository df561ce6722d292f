/** Characters that PostgreSQL stores in no text: NUL, which jsonb refuses too, and lone surrogates, which UTF-8 cannot encode. */
const UNSTORABLE = /[\0\p{Surrogate}]/u
const ALL_UNSTORABLE = new RegExp(UNSTORABLE, 'gu')

/** Whether a database returns this text unchanged. */
export function isStorable(text: string): boolean {
  return !UNSTORABLE.test(text)
}

/** The text with a replacement character for each that a database cannot store. */
export function replaceUnstorable(text: string): string {
  return text.replace(ALL_UNSTORABLE, '\ufffd')
}
