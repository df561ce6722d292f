/** Longest part of a value that a message repeats, in UTF-16 code units. */
const LONGEST = 60

/** A run that may be a key or token: long, unbroken, with letters and digits. */
const TOKEN = /(?=[\w+/=-]*\d)(?=[\w+/=-]*[A-Za-z])[\w+/=-]{20,}/g

/** A value in the form that messages show: short, on one line, with at most 6 characters of a possible secret. */
export function shownValue(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (Array.isArray(value))
    return value.length === 0
      ? '[]'
      : `an array with ${value.length} ${value.length === 1 ? 'entry' : 'entries'}`
  if (typeof value === 'object' && value !== null) return 'an object'
  const text = typeof value === 'string' ? JSON.stringify(cutStart(value)) : String(value)
  const safe = text.replace(TOKEN, (token) => `${token.slice(0, 6)}…`)
  return safe.length <= LONGEST
    ? safe
    : `${safe.slice(0, LONGEST - 2)}…${typeof value === 'string' ? '"' : ''}`
}

/** The part of a text that is searched; its last run is whole, since a part of a token is not recognised. */
function cutStart(text: string): string {
  const end = LONGEST * 4
  const [rest = ''] = /^[\w+/=-]{0,1000}/.exec(text.slice(end, end + 1000)) ?? []
  return text.slice(0, end) + rest
}
