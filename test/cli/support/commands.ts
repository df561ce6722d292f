import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'

/** A command as oclif's manifest describes it. */
export interface ListedCommand {
  id: string
  words: string[]
  args: Record<string, { required?: boolean; description?: string }>
  flags: Record<string, ListedFlag>
}

interface ListedFlag {
  type: string
  options?: string[]
  required?: boolean
  hidden?: boolean
  description?: string
  helpValue?: string
}

/** Arguments that make every command do its work, in a project with a definition `good`. */
export const WORKING_ARGS: Record<string, string[]> = {
  completion: ['bash'],
  export: ['claude', '--to', 'exported', '--dry-run'],
  import: ['./claude', '--dry-run'],
  'import:claude': ['claude', '--dry-run'],
  init: ['--dry-run'],
  new: ['agent', 'another'],
  'preview:diff': ['none'],
  'preview:down': ['none'],
  'preview:up': ['pr-1'],
  'registry:diff': ['agents', 'good'],
  'registry:disable': ['agents/good', '--reason', 'test', '--dry-run'],
  'registry:enable': ['agents/good', '--reason', 'test', '--dry-run'],
  'registry:history': ['agents', 'good'],
  'registry:pull': ['agents', 'good', '--force'],
  'registry:promote': ['agents', 'good'],
  'registry:publish': ['--dry-run', '--allow-dirty'],
  'registry:rebase-rank': ['--reason', 'test', '--dry-run'],
  'registry:releases:show': ['nothing-yet'],
  'registry:rollback': ['agents', 'good', '--to', '1', '--reason', 'test', '--dry-run'],
  'registry:show': ['agents', 'good'],
  'registry:undelete': ['agents', 'good'],
  'registry:withdraw': ['agents', 'good', '--version', '1', '--reason', 'test', '--dry-run'],
  'reports:show': ['nothing'],
  schema: ['agents'],
  'templates:instantiate': ['nothing'],
  'webhooks:add': ['https://example.com/hook'],
  'webhooks:remove': ['wh_none'],
  'webhooks:rotate': ['wh_none'],
  'webhooks:test': ['wh_none'],
  'worker:run': ['--plan', 'nothing', '--runner', 'true'],
}

/** Every command of the build, sorted by name. */
export function listCommands(): ListedCommand[] {
  const manifest = JSON.parse(readFileSync(resolve('oclif.manifest.json'), 'utf8')) as {
    commands: Record<string, Omit<ListedCommand, 'words'>>
  }
  return Object.values(manifest.commands)
    .map((command) => ({ ...command, words: command.id.split(':') }))
    .sort((a, b) => (a.id < b.id ? -1 : 1))
}

/**
 * The surface that scripts rely on, as text: names of commands, their arguments and flags, required ones without
 * brackets.
 */
export function describeSurface(): string {
  const lines = listCommands().map(({ words, args, flags }) => {
    const named = Object.entries(args).map(([name, arg]) => (arg.required ? `<${name}>` : `[${name}]`))
    const flagged = Object.entries(flags)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, flag]) => {
        const value = flag.type === 'boolean' ? '' : `=${flag.options?.join('|') ?? '…'}`
        return `  ${flag.required ? '' : '['}--${name}${value}${flag.required ? '' : ']'}`
      })
    return [['nofx', ...words, ...named].join(' '), ...flagged].join('\n')
  })
  return `${lines.join('\n\n')}\n`
}

/** Runs the tasks of a table, a few at once, in the table's order. */
export async function each<Row, Result>(
  rows: readonly Row[],
  work: (row: Row) => Promise<Result>,
  atOnce = 3,
): Promise<Result[]> {
  const results: Result[] = []
  let next = 0
  const worker = async (): Promise<void> => {
    for (let index = next++; index < rows.length; index = next++)
      results[index] = await work(rows[index] as Row)
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  return results
}
