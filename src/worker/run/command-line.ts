import { Failure } from '../../contract/failure.ts'
import { nearest } from '../../contract/text/nearest.ts'

/** Names that a runner's command line may hold in braces. */
export const PLACEHOLDERS = [
  'promptFile',
  'mcpFile',
  'inputFile',
  'outputFile',
  'step',
  'agent',
  'workdir',
] as const

export type CommandPlaceholder = (typeof PLACEHOLDERS)[number]

const BRACES = /\{([A-Za-z]+)\}/g
/** Operators of a shell, which the program would get as plain arguments. */
const OPERATOR = /^(?:\||\|\||&|&&|;|<|>|>>|2>|2>&1)$/

/**
 * Splits a command line into the program and its arguments without a shell: blanks separate words, quotes of either
 * kind keep them together, and a backslash escapes a quote, a blank or a backslash. `$`, `*` and `~` have no special
 * meaning.
 * @throws Failure USAGE
 */
export function splitCommandLine(line: string): string[] {
  const words: string[] = []
  let word: string | undefined
  let quote: string | undefined
  let isQuoted = false
  const end = () => {
    if (word === undefined) return
    if (!isQuoted && OPERATOR.test(word)) throw operator(word)
    words.push(word)
    word = undefined
    isQuoted = false
  }
  for (let index = 0; index < line.length; index++) {
    const char = line[index] as string
    const next = line[index + 1]
    if (char === '\\' && quote !== "'" && next !== undefined && isEscapable(next, quote)) {
      word = (word ?? '') + next
      index++
    } else if (quote === undefined && /\s/.test(char)) end()
    else if (quote === undefined && (char === '"' || char === "'")) {
      quote = char
      isQuoted = true
      word ??= ''
    } else if (char === quote) quote = undefined
    else word = (word ?? '') + char
  }
  if (quote !== undefined)
    throw usage(`it has a ${quote} that is never closed`, `close it, or write \\${quote}`)
  end()
  if (words.length === 0) throw usage('it is empty', "write --runner 'my-agent --system {promptFile}'")
  for (const part of words) checkPlaceholders(part)
  return words
}

function isEscapable(char: string, quote: string | undefined): boolean {
  return char === '\\' || char === '"' || (quote === undefined && (char === "'" || /\s/.test(char)))
}

/** Other braces belong to the program; a name that nearly equals a placeholder is refused as a typing error. */
function checkPlaceholders(word: string): void {
  for (const [source, name = ''] of word.matchAll(BRACES)) {
    if ((PLACEHOLDERS as readonly string[]).includes(name)) continue
    const near = nearest(name, PLACEHOLDERS)
    if (near) throw usage(`it has no value for ${source}`, `did you mean {${near}}`)
  }
}

function operator(word: string): Failure {
  return usage(
    `no shell reads it, so ${word} has no effect`,
    `quote it, or name the shell: sh -c 'a ${word} b'`,
  )
}

function usage(problem: string, hint: string): Failure {
  return new Failure('USAGE', `--runner cannot be used: ${problem}`, hint)
}

/** Whether a command line uses a placeholder. */
export function mentions(words: readonly string[], name: CommandPlaceholder): boolean {
  return words.some((word) => word.includes(`{${name}}`))
}

/** Fills in the placeholders of each word; a filled-in value is not split and not searched for placeholders. */
export function fillCommandLine(
  words: readonly string[],
  values: Readonly<Record<CommandPlaceholder, string>>,
): string[] {
  return words.map((word) =>
    word.replace(BRACES, (source, name: string) =>
      Object.hasOwn(values, name) ? values[name as CommandPlaceholder] : source,
    ),
  )
}
