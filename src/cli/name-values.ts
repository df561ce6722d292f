import { Failure } from '../contract/failure.ts'

/** How the values of a flag are parsed. */
export interface NameValueOptions {
  /** The value may be a secret, so a message repeats only the name. */
  secret?: boolean
  /** Whether a value may be empty, as in `name=`. */
  empty?: boolean
}

/**
 * Parses the values of a flag that takes `name=value` and may be repeated. The first `=` separates name and value.
 * @throws Failure USAGE for a value without a name, and for a repeated name
 */
export function readNameValues(
  flag: string,
  words: readonly string[],
  { secret = false, empty = false }: NameValueOptions,
): Record<string, string> {
  const values = new Map<string, string>()
  for (const text of words) {
    const at = text.indexOf('=')
    if (at < 1 || (!empty && at === text.length - 1)) {
      const message = secret ? `a value of ${flag} is not name=value` : `${flag}: "${text}" is not name=value`
      throw new Failure('USAGE', message, `write ${flag} name=value`)
    }
    const name = text.slice(0, at)
    if (values.has(name))
      throw new Failure('USAGE', `${flag} gives "${name}" more than once`, `give ${flag} "${name}" once`)
    values.set(name, text.slice(at + 1))
  }
  return Object.fromEntries(values)
}
