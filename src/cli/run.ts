import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Config } from '@oclif/core/config'
import type { PJSON as PackageJson } from '@oclif/core/interfaces'
import { run as runCommand } from '@oclif/core/run'
import { settings } from '@oclif/core/settings'
import { FAILURES, Failure } from '../contract/failure.ts'
import { nearest } from '../contract/text/nearest.ts'
import { quoteWord } from '../contract/text/quote-word.ts'
import { findProject } from '../core/tree/project.ts'
import { beginAnswer, hasDocument, notedStatus, watchOutput } from './answer.ts'
import { asFailure } from './failures/as-failure.ts'
import { NO_COMMAND } from './failures/used-command.ts'
import { allPrinted, printFailure, wantsStack } from './output.ts'
import { withPlugins } from './plugins/with-plugins.ts'
import { forgetSignals } from './signals.ts'
import { watchForStrays } from './strays.ts'
import { flushStream } from './terminal/flush-stream.ts'

/**
 * Starts the CLI: finds the project, adds its plugins to oclif's, and hands over to oclif. Failures before or outside
 * of a command's own catch are printed here in the same form. When it returns, everything is written and closed. Until
 * then the process's exit status is that of a failure, however the process ends.
 */
export async function run(): Promise<void> {
  process.exitCode = FAILURES.BUG.exit
  beginAnswer()
  const words = askedWords(process.argv.slice(2))
  const json = words.includes('--json')
  const output = watchOutput()
  const strays = watchForStrays(output.isKnown)
  const failure = await Promise.race([runWords(words), strays.failure])
  if (failure) printFailure(failure, { json: json && !hasDocument() })
  await waitForReader()
  await flushStream(process.stdout)
  const unwritten = output.failure()
  if (unwritten) printFailure(unwritten)
  await flushStream(process.stderr)
  process.exitCode = failure?.exit ?? (notedStatus() || (unwritten?.exit ?? 0))
  output.stop()
  strays.stop()
}

/** Undefined when the command succeeded, or has reported its failure itself. */
async function runWords(words: string[]): Promise<Failure | undefined> {
  // Warnings of Node.js and oclif are for developers; what a user must know is a failure or a finding.
  if (!wantsStack()) process.removeAllListeners('warning')
  // With NODE_ENV=development or test, oclif loads the TypeScript compiler to look for sources of what is built.
  settings.enableAutoTranspile = false
  const options = readOptions()
  try {
    const project = findProject(process.cwd())
    await runCommand(words, project.plugins.length ? await withPlugins(options, project) : options)
    await waitForReader()
    return undefined
  } catch (error) {
    return isNotFound(error) ? await noSuchCommand(words, options) : asFailure(error, NO_COMMAND)
  }
}

/** Waits until the reader of stdout has taken what the command printed. The command is done, so a signal ends the process. */
async function waitForReader(): Promise<void> {
  if (process.stdout.writableLength > 0) forgetSignals()
  await allPrinted()
}

/** The package of the CLI. oclif would search for its package.json, and read it twice. */
function readOptions(): { root: string; pjson: PackageJson } {
  const root = resolve(fileURLToPath(new URL('..', import.meta.url)))
  return { root, pjson: JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) }
}

/** `nofx help registry publish` means `nofx registry publish --help`. */
function askedWords(words: string[]): string[] {
  return words[0] === 'help' ? [...words.slice(1), '--help'] : words
}

/** oclif has no error code for an unknown command. */
function isNotFound(error: unknown): boolean {
  const { oclif, message } = error as { oclif?: unknown; message?: string }
  return oclif !== undefined && /^command .+ not found\.?$/i.test(message ?? '')
}

async function noSuchCommand(
  words: string[],
  options: { root: string; pjson: PackageJson },
): Promise<Failure> {
  const { commandIDs } = await Config.load(options)
  const plain = words.filter((word) => !word.startsWith('-'))
  const names = commandIDs.map((id) => id.replaceAll(':', ' '))
  const extra = tooMany(plain, names)
  if (extra) return extra
  const commandWords = plain.slice(0, 2)
  const [first = ''] = commandWords
  const whole = misplaced(commandWords, names) ?? nearest(commandWords.join(' '), names)
  const near = whole ?? inTopic(commandWords, names) ?? nearest(first, names)
  const wrong = whole === undefined && near !== undefined ? [first] : commandWords
  return new Failure(
    'USAGE',
    `the command "${(wrong.length ? wrong : words).join(' ')}" does not exist`,
    near
      ? `did you mean: ${['nofx', near, ...without(words, wrong).map(quoteWord)].join(' ')}`
      : (elsewhere(first) ??
          `see: nofx ${names.some((name) => name.startsWith(`${first} `)) ? `${first} ` : ''}--help`),
  )
}

/** The words that remain when each of some words is left out once, as the arguments of another command. */
function without(words: readonly string[], left: readonly string[]): string[] {
  const rest = [...words]
  for (const word of left) rest.splice(rest.indexOf(word), 1)
  return rest
}

/** oclif does not find a command without arguments when a word stands behind it. */
function tooMany(words: readonly string[], names: readonly string[]): Failure | undefined {
  const length = words.findLastIndex((_word, at) => names.includes(words.slice(0, at + 1).join(' '))) + 1
  if (length === 0) return undefined
  const message = `the command takes no argument "${words[length] ?? ''}"`
  return new Failure('USAGE', message, `see: nofx ${words.slice(0, length).join(' ')} --help`)
}

/** What other programs have a command for, and NOFX does not. */
function elsewhere(word: string): string | undefined {
  if (!/^plugins?$/.test(word)) return undefined
  return 'install the package with npm, and name it in "nofx.plugins" of package.json'
}

/** The command that a user means who put it into another topic, as in `nofx registry export`. */
function misplaced([topic, word]: readonly string[], names: readonly string[]): string | undefined {
  if (word === undefined || !names.some((name) => name.startsWith(`${topic} `))) return undefined
  if (names.includes(word)) return word
  const others = names.filter((name) => name.endsWith(` ${word}`))
  return others.length === 1 ? others[0] : undefined
}

/** The command that a user means who left the topic out, as in `nofx publish`: the registry's before others. */
function inTopic(words: readonly string[], names: readonly string[]): string | undefined {
  const [first = ''] = words
  const ends = names.filter((name) => name.includes(' ')).map((name) => name.split(' ').slice(1).join(' '))
  const word = ends.includes(first) ? first : nearest(first, ends)
  const commands = names.filter((name) => name.endsWith(` ${word}`))
  return commands.find((name) => name.startsWith('registry ')) ?? commands[0]
}
