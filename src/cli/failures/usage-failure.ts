import { stripVTControlCharacters } from 'node:util'
import { Failure } from '../../contract/failure.ts'
import { joinNames } from '../../contract/text/join-names.ts'
import { nearest } from '../../contract/text/nearest.ts'
import { quoteWord } from '../../contract/text/quote-word.ts'
import type { UsedCommand } from './used-command.ts'
import { moveVersions } from './version-words.ts'
import { completeHint, renderFlag } from './whole-hint.ts'

/** An error of oclif's parser; the fields depend on its sort. */
export interface ParseError {
  message: string
  /** Missing arguments, or words that were too many. */
  args?: readonly (string | { name: string; description?: string })[]
  /** Flags that do not exist, as they were typed. */
  flags?: readonly string[]
}

/** What oclif's parser says, and what NOFX says instead. */
const SENTENCES: readonly [RegExp, string][] = [
  [/^Flag (--\S+) expects one of these values: (.+)$/, '$1 needs a value: $2'],
  [/^Flag (--\S+) expects a value$/, '$1 needs a value'],
  [/^Flag (--\S+) can only be specified once$/, '$1 is given twice'],
  [/^Expected (--[^=\s]+)=(.*) to be one of: (.+)$/, '$1=$2 is not one of $3'],
  [/^Expected (.*) to be one of: (.+)$/, '"$1" is not one of $2'],
  [/^Exactly one of the following must be provided: (--\S+), (--\S+)$/, 'either $1 or $2 is needed'],
  [/All of the following must be provided when using (--\S+): (.+)/, '$1 needs $2'],
  [/(--\S+?)(?:=\S*)? cannot also be provided when using (--\S+)/, '$1 and $2 exclude each other'],
  [/Expected an integer but received: (.*)/, '"$1" is not a whole number'],
  [/Expected an integer greater than or equal to (\S+) but received: (.*)/, '$2 is less than $1'],
  [/Expected an integer less than or equal to (\S+) but received: (.*)/, '$2 is more than $1'],
]

/** A mistake in the words of a command as a failure, with the nearest name where a word looks misspelt. */
export function usageFailure(error: ParseError, used: UsedCommand): Failure {
  const { id, flags } = used
  // On a terminal with colours, oclif dims parts of its messages.
  const uncoloured = { ...error, message: stripVTControlCharacters(error.message) }
  const missing = missingDefinition(uncoloured, used) ?? missingFlags(uncoloured.message, used)
  if (missing) return missing
  const help = `see: nofx ${id ? `${id.replaceAll(':', ' ')} ` : ''}--help`
  const near = error.flags?.map((flag) => nearFlag(flag, flags)).find((name) => name !== undefined)
  const hint = near === undefined ? help : `did you mean: ${near}`
  return new Failure('USAGE', renderSentence(uncoloured), hint, { cause: error })
}

/** A command about one definition that names none, with the line to type. */
function missingDefinition({ message, args = [] }: ParseError, used: UsedCommand): Failure | undefined {
  const [first] = args
  const isOne = /^Missing \d+ required arg/.test(message) && args.length === 1 && typeof first === 'object'
  if (!isOne || !first.description?.startsWith('the definition')) return undefined
  const hint = `name it: nofx ${used.id?.replaceAll(':', ' ')} agents/<id>`
  return completeHint(new Failure('USAGE', 'the definition is missing', hint), used)
}

/** Required flags that are missing, with the line to type. */
function missingFlags(message: string, used: UsedCommand): Failure | undefined {
  const names = [...message.matchAll(/^\s*Missing required flag (\S+)/gm)].map(([, name = '']) => name)
  if (names.length === 0) return undefined
  const { flagWords, plain } = moveVersions(used)
  const about = plain.length === 0 && used.usualWords ? [used.usualWords] : plain.map(quoteWord)
  const words = [...about, ...flagWords.map(quoteWord), ...names.map((name) => renderFlag(name, used))]
  const line = ['nofx', ...(used.id?.split(':') ?? []), ...words].join(' ')
  const missing = joinNames(names.map((name) => `--${name}`))
  return new Failure('USAGE', `${missing} ${names.length === 1 ? 'is' : 'are'} missing`, line)
}

function renderSentence({ message, args = [], flags = [] }: ParseError): string {
  const names = args.map((arg) => (typeof arg === 'string' ? arg : arg.name))
  if (/^Missing \d+ required arg/.test(message))
    return `${joinNames(names)} ${names.length === 1 ? 'is' : 'are'} missing`
  if (message.startsWith('Unexpected argument'))
    return `the command takes no argument ${joinNames(names.map((name) => `"${name}"`))}`
  if (flags.length) return `the flag ${joinNames(flags)} does not exist`
  return oneLine(message)
}

function nearFlag(flagName: string, flags: readonly string[]): string | undefined {
  const word = flagName.replace(/^-+/, '').replace(/=.*$/s, '')
  const start = flags.filter((name) => word.length > 1 && name.startsWith(word))
  const near = nearest(word, flags) ?? (start.length === 1 ? start[0] : undefined)
  return near === undefined ? undefined : `--${near}`
}

/** oclif's message on one line in NOFX's words, without oclif's advice and headings. */
function oneLine(message: string): string {
  const lines = message
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^(See more help with|The following errors? occurred)/.test(line))
  const [first = '', ...rest] = lines
  const flag = /^Parsing (--\S+)/.exec(first)?.[1]
  return flag === undefined ? lines.map(inOurWords).join('; ') : `${flag}: ${rest.map(inOurWords).join(', ')}`
}

function inOurWords(line: string): string {
  const sentence = SENTENCES.find(([pattern]) => pattern.test(line))
  return sentence ? line.replace(sentence[0], sentence[1]) : line
}
