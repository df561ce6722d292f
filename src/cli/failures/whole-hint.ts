import { Failure } from '../../contract/failure.ts'
import { quoteWord } from '../../contract/text/quote-word.ts'
import type { UsedCommand } from './used-command.ts'

/** A hint that proposes other words for the command that was typed, without any flags. */
const PROPOSAL = /^(?:did you mean|name it): nofx (?!.* --).+$/

/** What stands between two commands of a hint. */
export const OR = ', or: '

/**
 * Adds to each command of such a hint the flags that were typed, and those that the command requires: it can be run as
 * it is printed.
 */
export function completeHint(failure: Failure, used: UsedCommand): Failure {
  const { code, message, hint, at, detail, cause } = failure
  const name = `nofx ${used.id?.replaceAll(':', ' ')} `
  if (code !== 'USAGE' || !hint || !PROPOSAL.test(hint) || !hint.includes(name)) return failure
  const { flagWords } = splitWords(used)
  const missing = Object.keys(used.required).filter(
    (flag) => !flagWords.some((word) => word.startsWith(`--${flag}`)),
  )
  const flags = [...flagWords.map(quoteWord), ...missing.map((flag) => renderFlag(flag, used))]
  if (flags.length === 0) return failure
  const whole = hint.split(OR).map((line) => [line, ...flags].join(' '))
  return new Failure(code, message, whole.join(OR), { at, detail, cause })
}

/** A required flag with a blank for its value. */
export function renderFlag(name: string, { required }: UsedCommand): string {
  return `--${name} ${required[name] ?? `<${name}>`}`
}

/** The typed flags with their values, and the other words; without `--json`, which is not for a reader. */
export function splitWords({ argv, valued }: UsedCommand): { flagWords: string[]; plain: string[] } {
  const [flagWords, plain]: [string[], string[]] = [[], []]
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] ?? ''
    const [, flag] = /^--([a-z-]+)$/.exec(word) ?? []
    if (word === '--json') continue
    if (!word.startsWith('-')) plain.push(word)
    else flagWords.push(word)
    const value = argv[at + 1]
    if (flag === undefined || !valued.includes(flag) || value === undefined) continue
    flagWords.push(value)
    at++
  }
  return { flagWords, plain }
}
