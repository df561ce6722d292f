/** The part of a command that a mistake in its words is compared with. */
export interface UsedCommand {
  /** Words joined by `:`. */
  id: string | undefined
  /** Names of its flags. */
  flags: readonly string[]
  /** Names of the flags that take a value. */
  valued: readonly string[]
  /** Names of the flags that it needs. */
  required: readonly string[]
  /** What it is about in most calls, for a call that names nothing. */
  usualWords: string
  /** The words that were typed after its name. */
  argv: readonly string[]
}

/** A use of a command with these flags. */
export function describeUse(
  flags: Record<string, { type: string; required?: boolean }>,
  use: Pick<UsedCommand, 'id' | 'argv' | 'usualWords'>,
): UsedCommand {
  const entries = Object.entries(flags)
  return {
    ...use,
    flags: [...Object.keys(flags), 'help', 'json'],
    valued: entries.filter(([, { type }]) => type === 'option').map(([name]) => name),
    required: entries.filter(([, { required }]) => required).map(([name]) => name),
  }
}

/** Where a mistake was made outside of any command. */
export const NO_COMMAND: UsedCommand = {
  id: undefined,
  flags: [],
  valued: [],
  required: [],
  usualWords: '',
  argv: [],
}
