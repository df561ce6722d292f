import { Failure } from '../../contract/failure.ts'
import { quoteWord } from '../../contract/text/quote-word.ts'
import type { UsedCommand } from './used-command.ts'
import { renderFlag, splitWords } from './whole-hint.ts'

/** A version as releases print it, behind its definition: `agents/reviewer v2`, or `agents/reviewer@v2`. */
const VERSION = /^(?:(.+)@)?(v?[1-9]\d{0,9})$/i

/** The flags that name versions, by command; the rest have `--version` or none. */
const FLAGS: Readonly<Record<string, readonly string[]>> = {
  'registry:rollback': ['to'],
  'registry:diff': ['from', 'to'],
}

/** The typed words, with the versions among them behind the flags that name versions. */
export interface VersionWords {
  plain: string[]
  flagWords: string[]
  versions: string[]
}

/** Separates the versions from the other words of a command about a definition. */
export function moveVersions(used: UsedCommand): VersionWords {
  const { plain, flagWords } = splitWords(used)
  const names: string[] = []
  const versions: string[] = []
  for (const word of plain) {
    const [, name, version] = VERSION.exec(word) ?? []
    // The first words name a definition, whatever they look like.
    const isNamed = names.length > 1 || names[0]?.includes('/')
    if (version === undefined || (name === undefined && !isNamed)) names.push(word)
    else {
      if (name !== undefined) names.push(name)
      versions.push(version)
    }
  }
  const free = flagsFor(used).filter(
    (flag) => !flagWords.some((word) => word.split('=', 1)[0] === `--${flag}`),
  )
  const moved = free.flatMap((flag, at) => (versions[at] === undefined ? [] : [`--${flag}`, versions[at]]))
  return { plain: names, flagWords: [...moved, ...flagWords], versions }
}

function flagsFor({ id = '', flags }: UsedCommand): readonly string[] {
  return FLAGS[id] ?? (flags.includes('version') ? ['version'] : [])
}

/** The same failure of a command's words, with the line to type if the words had a version in the place of a name. */
export function hintVersions(failure: Failure, used: UsedCommand): Failure {
  const { code, message, detail, cause } = failure
  const isAbout = /^registry:/.test(used.id ?? '') && (code === 'USAGE' || code === 'NOT_FOUND')
  if (!isAbout || !/ are two names$|takes no argument|[@/]v?\d+\b.* is not /.test(message)) return failure
  const { plain, flagWords, versions } = moveVersions(used)
  if (versions.length === 0) return failure
  const missing = Object.keys(used.required).filter((flag) => !flagWords.includes(`--${flag}`))
  const words = [...plain, ...flagWords].map(quoteWord).concat(missing.map((flag) => renderFlag(flag, used)))
  const line = ['nofx', ...(used.id?.split(':') ?? []), ...words].join(' ')
  return new Failure(code, message, line, { detail, cause })
}
