import { readFileSync } from 'node:fs'
import { table } from './table.ts'

interface Flag {
  name: string
  type: string
  description?: string
  options?: string[]
  default?: unknown
  helpValue?: string | string[]
  allowNo?: boolean
  multiple?: boolean
  required?: boolean
  hidden?: boolean
}

interface Command {
  id: string
  summary: string
  description?: string
  args: Record<string, { name: string; description?: string; required?: boolean; options?: string[] }>
  flags: Record<string, Flag>
  hidden?: boolean
}

/** Every command with its arguments and flags, from the manifest that the build writes for `--help`. */
export function commandReference(): string {
  const { commands } = JSON.parse(readFileSync('oclif.manifest.json', 'utf8')) as {
    commands: Record<string, Command>
  }
  const shown = Object.values(commands).filter(({ hidden }) => !hidden)
  return shown
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map(commandSection)
    .join('\n\n')
}

function commandSection({ id, summary, description, args, flags }: Command): string {
  const rows = [
    ...Object.values(args).map((arg) => [
      `\`${arg.required ? arg.name.toUpperCase() : `[${arg.name.toUpperCase()}]`}\``,
      prose([arg.description, oneOf(arg.options)]),
    ]),
    ...Object.values(flags)
      .filter(({ name, hidden }) => !hidden && name !== 'json')
      .map((flag) => [`\`${label(flag)}\``, prose([flag.description, ...notes(flag)])]),
  ]
  const parts = [`## nofx ${id.replaceAll(':', ' ')}`, prose([summary]), prose([description])]
  return [...parts, rows.length ? table(['argument or flag', 'meaning'], rows) : '']
    .filter(Boolean)
    .join('\n\n')
}

function label({ name, type, helpValue, allowNo, multiple }: Flag): string {
  const value =
    type === 'option' ? ` ${[helpValue ?? '<value>'].flat().join(' ')}${multiple ? ' …' : ''}` : ''
  return `--${allowNo ? `[no-]${name}` : name}${value}`
}

function notes({ required, options, default: value }: Flag): (string | undefined)[] {
  const isShown = typeof value === 'number' || (typeof value === 'string' && value !== '')
  return [required ? 'required' : undefined, oneOf(options), isShown ? `default: ${value}` : undefined]
}

const oneOf = (options: readonly string[] | undefined) =>
  options?.length ? `one of ${options.join(', ')}` : undefined

/** Text in which Markdown finds no markup. */
function prose(parts: readonly (string | undefined)[]): string {
  return parts
    .filter((part) => part !== undefined && part !== '')
    .join('; ')
    .replaceAll(/[<*_[\]`\\]/g, (sign) => `\\${sign}`)
}
