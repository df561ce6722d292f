import type { Command } from '@oclif/core/command'
import { CommandHelp, Help } from '@oclif/core/help'
import type { Config, HelpOptions } from '@oclif/core/interfaces'
import { fitText } from '../../core/lines/fit-lines.ts'
import { measureProseWidth } from './screen.ts'

/** Longer lines of prose are hard to read. */
const WIDEST = 100
/** What oclif indents a section by. */
const INDENT = 2

const widthOfHelp = () => Math.min(measureProseWidth(process.stdout), WIDEST)

/** The commands of a first day, most of which are below a topic. */
const FIRST_COMMANDS: [words: string, what: string][] = [
  ['init', 'Prepare this folder.'],
  ['new agent <id>', 'Make a first agent.'],
  ['validate', 'Find errors in the definitions.'],
  ['registry publish --dry-run', 'See what a publish would change.'],
  ['registry publish', 'Publish the definitions of the commit.'],
  ['registry list', 'See what is live.'],
  ['registry history', 'See what changed, when and by whom.'],
  ['registry rollback', 'Go back to an earlier version.'],
]

type Flag = Command.Flag.Any
type Arg = Command.Arg.Any

/** The help of one command: usage without groups of flags, which are described beside each flag. */
class FittingCommandHelp extends CommandHelp {
  override wrap(body: string, spacing = INDENT): string {
    return fitText(this.render(body), this.opts.maxWidth - spacing, '')
  }

  /** Without the summary, which is the first line of the help already. */
  protected override description(): string | undefined {
    return this.command.description && this.wrap(this.command.description)
  }

  protected override usage(): string {
    const { id, args, flags } = this.command
    const all = Object.entries(flags ?? {}).filter(([, flag]) => !flag.hidden)
    const required = all
      .filter(([, flag]) => flag.required)
      .map(([name, flag]) => `--${name}${valueText(flag)}`)
    const optional = all.length > required.length ? ['[FLAGS]'] : []
    const words = ['$', this.config.bin, id, ...this.argNames(Object.values(args)), ...required, ...optional]
    return fitText(words.join(' '), this.opts.maxWidth - INDENT)
  }

  protected override args(args: Arg[]): [string, string | undefined][] | undefined {
    const names = this.argNames(args)
    if (args.length === 0) return undefined
    return args.map((arg, at) => [
      names[at] ?? '',
      [arg.description, listOptions(arg.options)].filter(Boolean).join('; '),
    ])
  }

  protected override flags(flags: Flag[]): [string, string | undefined][] | undefined {
    if (flags.length === 0) return undefined
    return flags.map((flag) => [renderLabel(flag), describe(flag)])
  }

  protected override examples(examples: Command.Example[] | undefined): string | undefined {
    const lines = (examples ?? []).map((one) => this.render(typeof one === 'string' ? one : one.command))
    return lines.length
      ? lines.map((line) => breakCommand(`$ ${line}`, this.opts.maxWidth - INDENT)).join('\n')
      : undefined
  }

  /** Only the last argument of a command takes several words. */
  private argNames(args: readonly Arg[]): string[] {
    return args.map((arg, at) => {
      const name =
        arg.name.toUpperCase() + (this.command.strict === false && at === args.length - 1 ? '...' : '')
      return arg.required ? name : `[${name}]`
    })
  }
}

/** oclif's help with lines that fit the screen, and without breaks inside of words. */
export default class FittingHelp extends Help {
  protected override CommandHelpClass = FittingCommandHelp

  constructor(config: Config, options: Partial<HelpOptions> = {}) {
    super(config, { ...options, maxWidth: widthOfHelp() })
  }

  override wrap(body: string, spacing = INDENT): string {
    return fitText(this.render(body), this.opts.maxWidth - spacing, '')
  }

  override formatRoot(): string {
    const list = this.renderList(FIRST_COMMANDS, {
      indentation: INDENT,
      spacer: '\n',
      stripAnsi: this.opts.stripAnsi,
    })
    return `${super.formatRoot()}\n\n${this.section('FIRST COMMANDS', list)}`
  }

  protected override log(...texts: string[]): void {
    super.log(fitText(texts.join(' '), this.opts.maxWidth))
  }
}

function renderLabel(flag: Flag): string {
  const name = flag.type === 'boolean' && flag.allowNo ? `[no-]${flag.name}` : flag.name
  const short = flag.char ? `-${flag.char}, ` : ''
  return `${short}--${name}${valueText(flag)}${flag.type === 'option' && flag.multiple ? '...' : ''}`
}

function valueText(flag: Flag): string {
  if (flag.type !== 'option') return ''
  const valueName = typeof flag.helpValue === 'string' ? flag.helpValue : flag.helpValue?.join(' ')
  return `=${valueName ?? '<value>'}`
}

/** The description, then what belongs to the flag: its values, its default, and the flags that it goes with. */
function describe(flag: Flag): string {
  const names = (flags: readonly (string | { name: string })[] = []): string =>
    flags.map((one) => `--${typeof one === 'string' ? one : one.name}`).join(', ')
  const needs = names(flag.dependsOn)
  const excludes = names(flag.exclusive)
  const notes = [
    flag.required ? 'required' : '',
    flag.type === 'option' ? listOptions(flag.options) : '',
    flag.type === 'option' && isShown(flag.default) ? `default: ${flag.default}` : '',
    needs && `needs ${needs}`,
    excludes && `not with ${excludes}`,
  ].filter(Boolean)
  const text = flag.summary ?? flag.description ?? ''
  return notes.length ? `${text} (${notes.join('; ')})` : text
}

function listOptions(options: readonly string[] | undefined): string {
  return options?.length ? `one of ${options.join(', ')}` : ''
}

function isShown(value: unknown): boolean {
  return typeof value === 'number' || (typeof value === 'string' && value !== '')
}

/** A command line that can still be copied: broken between words, never inside quotes. */
function breakCommand(command: string, width: number): string {
  if (command.length <= width) return command
  const [first = '', ...words] = command.match(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g) ?? []
  const lines = [first]
  for (const word of words) {
    const line = `${lines.at(-1)} ${word}`
    if (line.length + 2 <= width) lines[lines.length - 1] = line
    else lines.push(`    ${word}`)
  }
  return lines.join(' \\\n')
}
