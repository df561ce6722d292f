import { ID_PATTERN } from '../../contract/id-pattern.ts'

/** A word that may come next, with a short description. */
export interface CompletionCandidate {
  word: string
  about: string
}

/** The part of a command that completion reads from oclif's manifest. `id` is words joined by `:`. */
export interface CompletedCommand {
  id: string
  summary?: string
  hidden?: boolean
  /** False for a command that takes any number of words. */
  strict?: boolean
  args: Record<string, { description?: string; options?: readonly string[] }>
  flags: Record<
    string,
    {
      type: string
      char?: string
      description?: string
      summary?: string
      options?: readonly string[]
      multiple?: boolean
      hidden?: boolean
    }
  >
}

/** Names that are read only when a word of that sort comes next: both reads take time. */
export interface Names {
  /** Kinds by plural and singular. */
  kinds(): Promise<{ id: string; singular: string }[]>
  /** Ids of the working tree's definitions of a kind, by its plural or singular name. */
  ids(kind: string): Promise<string[]>
}

/** Commands, and topics by their words joined by `:`. */
export interface Surface {
  commands: readonly CompletedCommand[]
  topics: readonly { name: string; description?: string }[]
}

/**
 * Words that may replace the last of `words`, which is incomplete or empty. The list is empty where a file or an
 * unknown value comes next: shells then offer files.
 */
export async function candidates(
  surface: Surface,
  words: readonly string[],
  names: Names,
): Promise<CompletionCandidate[]> {
  // Bash splits --format=x into three words.
  const parts = words.flatMap((word) => (word === '=' ? [] : /^--\w[\w-]*=/.test(word) ? cut(word) : [word]))
  const current = words.at(-1) === '=' ? '' : (parts.pop() ?? '')
  const command = findCommand(surface.commands, parts)
  const offered = command
    ? await inCommand(command, parts, current, names)
    : nextWords(surface, parts, current)
  return offered.filter(({ word }) => word.startsWith(current))
}

function cut(word: string): string[] {
  const at = word.indexOf('=')
  return [word.slice(0, at), word.slice(at + 1)]
}

function findCommand(commands: readonly CompletedCommand[], parts: readonly string[]) {
  return commands.find(({ id }) => id.split(':').every((word, index) => parts[index] === word))
}

/** Topics and commands that may follow `parts`. */
function nextWords(
  { commands, topics }: Surface,
  parts: readonly string[],
  current: string,
): CompletionCandidate[] {
  if (current.startsWith('-')) return [{ word: '--help', about: 'Show help.' }]
  const offered = new Map<string, string>()
  for (const { name, description } of topics) offer(name, description)
  for (const { id, summary, hidden } of commands) if (!hidden) offer(id, summary)
  return [...offered].map(([word, about]) => ({ word, about })).sort((a, b) => (a.word < b.word ? -1 : 1))

  function offer(id: string, about = ''): void {
    const path = id.split(':')
    if (path.length <= parts.length || !parts.every((word, index) => path[index] === word)) return
    const word = path[parts.length] as string
    if (path.length === parts.length + 1 || !offered.has(word))
      offered.set(word, path.length === parts.length + 1 ? about : '')
  }
}

async function inCommand(
  command: CompletedCommand,
  parts: readonly string[],
  current: string,
  names: Names,
): Promise<CompletionCandidate[]> {
  const depth = command.id.split(':').length
  const before = parts.slice(depth)
  const flag = command.flags[(before.at(-1) ?? '').replace(/^--/, '')]
  if (flag?.type === 'option' && before.at(-1)?.startsWith('--')) return words(flag.options)
  if (current.startsWith('-')) return listFlags(command, before)
  return argumentAt(command, positionals(command, before), current, names)
}

const words = (options: readonly string[] = [], about = ''): CompletionCandidate[] =>
  options.map((word) => ({ word, about }))

function listFlags({ flags }: CompletedCommand, words: readonly string[]): CompletionCandidate[] {
  const unusedFlags = Object.entries(flags).filter(
    ([name, { hidden, multiple }]) => !hidden && (multiple || !words.includes(`--${name}`)),
  )
  return [
    ...unusedFlags.map(([name, { summary, description = '' }]) => ({
      word: `--${name}`,
      about: summary ?? description,
    })),
    { word: '--help', about: 'Show help.' },
  ]
}

/** Words that are neither flags nor their values. */
function positionals({ flags }: CompletedCommand, words: readonly string[]): string[] {
  return words.filter((word, index) => {
    const before = words[index - 1]?.replace(/^--/, '')
    const isValue = words[index - 1]?.startsWith('--') && flags[before ?? '']?.type === 'option'
    return !word.startsWith('-') && !isValue
  })
}

async function argumentAt(
  command: CompletedCommand,
  before: readonly string[],
  current: string,
  names: Names,
): Promise<CompletionCandidate[]> {
  const args = Object.entries(command.args)
  const [name, arg] = args[before.length] ?? args.at(-1) ?? []
  if (arg?.options) return words(arg.options)
  if (name !== 'id' && name !== 'kind' && name !== 'what') return []
  const unused = (all: readonly string[]) => words(all.filter((one) => !before.includes(one)))
  const isTemplate = command.id.startsWith('templates:')
  if (isTemplate && !current.includes('/')) return unused(await safeIds('templates', names))
  if (takesNames(command) && current.includes('/')) return unused(await definitionNames(current, names))
  const kinds = await names.kinds()
  const last = before.findLast((word) => kinds.some(({ id, singular }) => word === id || word === singular))
  const ids = last !== undefined && takesNames(command) ? await safeIds(last, names) : []
  if (name === 'id') return unused(ids)
  const isNew = command.id === 'new'
  return unused([...kinds.map(({ id, singular }) => (isNew ? singular : id)), ...ids])
}

/** Commands whose argument is a kind or a definition, and that have no argument of its own for an id. */
const WITH_NAMES = ['registry:publish', 'validate', 'preview:up']

/** Whether a command takes definitions that exist, as `agents/reviewer` or `agents reviewer`. */
function takesNames({ id, args }: CompletedCommand): boolean {
  return id !== 'new' && ('id' in args || WITH_NAMES.includes(id))
}

/** Definitions by their names, of the kind that an incomplete name has. */
async function definitionNames(current: string, names: Names): Promise<string[]> {
  const name = current.slice(0, current.indexOf('/'))
  const isKind = (await names.kinds()).some(({ id, singular }) => name === id || name === singular)
  return isKind ? (await safeIds(name, names)).map((id) => `${name}/${id}`) : []
}

/** The ids that a shell may insert: it does so without quotes, and a folder may have any name. */
async function safeIds(kind: string, names: Names): Promise<string[]> {
  return (await names.ids(kind)).filter((id) => ID_PATTERN.test(id))
}
