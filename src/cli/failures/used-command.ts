/** The part of a command that a mistake in its words is compared with. */
export interface UsedCommand {
  /** Words joined by `:`. */
  id: string | undefined
  /** Names of its flags. */
  flags: readonly string[]
  /** Names of the flags that take a value. */
  valued: readonly string[]
  /** The flags that it needs, each with a blank for its value, such as `<folder>`. */
  required: Readonly<Record<string, string>>
  /** What it is about in most calls, for a call that names nothing. */
  usualWords: string
  /** The words that were typed after its name. */
  argv: readonly string[]
}

/** A flag as its command declares it. */
interface DeclaredFlag {
  type: string
  required?: boolean
  helpValue?: string | string[]
}

/** The blank for the value of a flag. A value that is an example, such as `v3`, might be run as it is. */
function renderBlank(name: string, { helpValue }: DeclaredFlag): string {
  if (typeof helpValue === 'string' && /^<.+>$/.test(helpValue)) return helpValue
  return name === 'reason' ? '"<why>"' : `<${name}>`
}

/** A use of a command with these flags. */
export function describeUse(
  flags: Record<string, DeclaredFlag>,
  use: Pick<UsedCommand, 'id' | 'argv' | 'usualWords'>,
): UsedCommand {
  const entries = Object.entries(flags)
  return {
    ...use,
    flags: [...Object.keys(flags), 'help', 'json'],
    valued: entries.filter(([, { type }]) => type === 'option').map(([name]) => name),
    required: Object.fromEntries(
      entries.filter(([, { required }]) => required).map(([name, flag]) => [name, renderBlank(name, flag)]),
    ),
  }
}

/** Where a mistake was made outside of any command. */
export const NO_COMMAND: UsedCommand = {
  id: undefined,
  flags: [],
  valued: [],
  required: {},
  usualWords: '',
  argv: [],
}
