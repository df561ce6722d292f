/** A word as a POSIX shell reads it back. */
export function quoteWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}

/** Flags with their values; `true` is a flag alone, and undefined or false leaves it out. */
export type CommandFlags = Readonly<Record<string, string | boolean | undefined>>

/** The end of a command that acts where its page shows: in a preview, which it names, or in production. */
export const inEnv = (env: string | undefined): string =>
  env === undefined ? '' : ` --env ${quoteWord(env)}`

/** A command to copy. */
export function buildCommand(words: readonly string[], flags: CommandFlags): string {
  const given = Object.entries(flags).flatMap(([name, value]) => {
    if (value === undefined || value === false) return []
    return value === true ? [`--${name}`] : [`--${name}`, quoteWord(value)]
  })
  return [...words.map(quoteWord), ...given].join(' ')
}
