import { readdirSync, readFileSync } from 'node:fs'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import { keepInPreview } from '../../src/contract/text/keep-in-preview.ts'
import { filesUnder } from '../house/sources.ts'
import { type ListedCommand, listCommands } from './support/commands.ts'

const SCHEMAS = 'supabase/schemas'

/** A text that the sources may print. */
interface PrintedText {
  at: string
  text: string
}

/** Every text of a file, with a word for each value that a template puts in. */
function textsOf(path: string): PrintedText[] {
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true)
  const found: PrintedText[] = []
  const add = (node: ts.Node, text: string) => {
    const { line } = source.getLineAndCharacterOfPosition(node.getStart())
    found.push({ at: `${path}:${line + 1}`, text })
  }
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node)) add(node, node.text)
    if (ts.isTemplateExpression(node))
      add(
        node,
        node.templateSpans.reduce((text, span) => `${text}<value>${span.literal.text}`, node.head.text),
      )
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

/** The commands of a text that a reader would copy: at its start, or behind a colon. */
function commandsIn(text: string): string[] {
  const starts = text.matchAll(
    /(?:^|: |^ *\w+ {2,})(?:npx |node_modules\/\.bin\/)?(nofx [a-z][^;,()\n]*?)(?= or: |[;,()\n]|$)/gm,
  )
  return [...starts].map(([, command = '']) => command.trim().replace(/\.$/, ''))
}

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

/** The texts of an SQL file, with a word for each value that `format` puts in. */
function textsOfSql(path: string): PrintedText[] {
  const lines = readFileSync(path, 'utf8').split('\n')
  return lines.flatMap((line, index) => {
    if (line.trimStart().startsWith('--')) return []
    const texts = [...line.matchAll(/'((?:[^']|'')*)'/g)].map(([, text = '']) => text)
    return texts.map((text) => ({ at: `${path}:${index + 1}`, text: text.replaceAll(/%%?s/g, '<value>') }))
  })
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
  const lines = filesUnder('src')
    .filter((path) => path.endsWith('.ts'))
    .flatMap(textsOf)
    .concat(readdirSync(SCHEMAS).flatMap((file) => textsOfSql(`${SCHEMAS}/${file}`)))
    .flatMap(({ at, text }) => commandsIn(text).map((line) => ({ at, line })))

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
