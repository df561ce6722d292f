import { describe, expect, test } from 'vitest'
import { keepInPreview } from '../../src/contract/text/keep-in-preview.ts'
import { type ListedCommand, listCommands } from './support/commands.ts'
import { commandsIn, printedTexts } from './support/printed-commands.ts'

const commands = listCommands()

/** The command whose name these words start with. */
function findCommand(words: readonly string[]): ListedCommand | undefined {
  const named = commands.filter((command) => command.words.every((word, index) => word === words[index]))
  return named.sort((a, b) => b.words.length - a.words.length)[0]
}

/** Why a command line cannot be run as it is printed; undefined if it can. */
function problemOf(line: string): string | undefined {
  const [, ...words] = line.match(/"[^"]*"|\S+/g) ?? []
  const command = findCommand(words)
  if (!command) return 'is not a command'
  const rest = words.slice(command.words.length)
  const flags = new Set<string>()
  const args: string[] = []
  for (let at = 0; at < rest.length; at++) {
    const word = rest[at] ?? ''
    const [, name] = /^--([a-z-]+)/.exec(word) ?? []
    if (name === undefined) args.push(word)
    else if (name !== 'help' && name !== 'json' && !command.flags[name]) return `has no flag --${name}`
    else if (command.flags[name]?.type === 'option' && !word.includes('=') && rest[++at] === undefined)
      return `has no value for --${name}`
    if (name !== undefined) flags.add(name)
  }
  // A value that is joined to another word may hold the rest of the line.
  const isOpen = rest.some((word) => /.<value>$/.test(word))
  return flags.has('help') || isOpen ? undefined : missingOf(command, args, flags)
}

/** Whether a command of a hint reads a registry that `--env` chooses, and does not name it yet. */
function mayNamePreview(line: string): boolean {
  const [, ...words] = line.split(' ')
  return findCommand(words)?.flags.env !== undefined && !/--(?:env|help|resume)\b/.test(line)
}

function missingOf({ id, flags, args }: ListedCommand, given: readonly string[], set: ReadonlySet<string>) {
  const needed = Object.entries(flags).filter(([, flag]) => flag.required)
  const flag = needed.find(([name]) => !set.has(name))?.[0]
  if (flag !== undefined) return `needs --${flag}`
  const least = Object.values(args).filter((arg) => arg.required).length
  if (given.length < least) return `needs ${least} words`
  if (id === 'registry:rollback' && given.length === 0 && !set.has('release')) return 'needs a definition'
  if (args.kind && args.id && id !== 'new' && given.length > 1)
    return 'has the kind and the id in two words: write <kind>/<id>'
  return undefined
}

/** Texts that name a command in order to complete or to describe it. */
const PARTS = new Set([
  // Completed with the id that is near.
  'nofx webhooks rotate',
  'nofx webhooks remove',
  'nofx webhooks test',
  'nofx preview diff',
  // Completed with the plan, the preview and the settings of the run.
  'nofx worker run',
  // With the verb disable or enable.
  'nofx registry <value> <value>/<value> --reason "<why>"',
  // Sentences about it.
  'nofx export mcp writes a file for the client',
  'nofx was bundled without it',
])

describe('commands in the messages of the sources', () => {
  const lines = printedTexts().flatMap(({ path, line: at, text }) =>
    commandsIn(text).map((line) => ({ at: `${path}:${at}`, line })),
  )

  test('are found', () => {
    expect(lines.length).toBeGreaterThan(100)
    expect(lines.filter(({ at }) => at.includes('.sql:')).length).toBeGreaterThan(15)
  })

  test('have every word and flag that the command needs, and no other flag', () => {
    const problems = lines
      .filter(({ line }) => !PARTS.has(line))
      .flatMap(({ at, line }) => (problemOf(line) ? [`${at}: ${line}: ${problemOf(line)}`] : []))
    expect(problems).toEqual([])
  })

  test('name the preview in an answer about a preview, wherever the command can', () => {
    const strays = lines
      .filter(({ line }) => !PARTS.has(line))
      .flatMap(({ at, line }) => {
        const kept = keepInPreview(line, 'pr-1')
        const wanted = mayNamePreview(line) ? `${line} --env pr-1` : line
        return kept === wanted && !problemOf(kept) ? [] : [`${at}: ${kept}`]
      })
    expect(strays).toEqual([])
  })

  test.each(commands.map((command): [string, ListedCommand] => [command.words.join(' '), command]))(
    'nofx %s names the preview if it has --env',
    (name, command) => {
      const line = `nofx ${name}${name === 'worker run' ? ' --plan p' : ''}`
      const hint = `first: ${line} "a, b" -x; or: ${line}`
      const wanted = command.flags.env ? `first: ${line} "a, b" -x --env pr-1; or: ${line} --env pr-1` : hint
      expect([keepInPreview(hint, 'pr-1'), keepInPreview(hint, undefined)]).toEqual([wanted, hint])
    },
  )

  test.each([
    ['nofx registry rollback', 'needs --reason'],
    ['nofx registry rollback --reason "<why>"', 'needs a definition'],
    ['nofx registry rollback agents/<id> --to', 'has no value for --to'],
    ['nofx registry history agents <id>', 'has the kind and the id in two words: write <kind>/<id>'],
    ['nofx registry history agents/<id>', undefined],
    ['nofx registry list --jsn', 'has no flag --jsn'],
    ['nofx registri list', 'is not a command'],
    ['nofx preview down', 'needs 1 words'],
    ['nofx registry rollback --help', undefined],
    ['nofx registry rollback --release <value> --reason "<why>"', undefined],
  ])('%s: %s', (line, problem) => expect(problemOf(line)).toBe(problem))
})
