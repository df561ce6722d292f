import type { Finding } from '../../contract/diagnostic.ts'
import { definitionId, slugify } from '../../contract/fields/id.ts'
import { describeSource } from '../description.ts'
import { NO_LATIN } from '../guesses.ts'
import { latinId } from '../latin-id.ts'
import { type Guess, importFinding, type ReadOptions } from '../sources/format.ts'
import type { FrontMatter } from '../sources/front-matter.ts'
import { spellOut, stem, titleFrom } from '../title.ts'

const MAX_SHOWN = 80

/** Who the agent is. `rest` is what the description had beyond its limit. */
export interface ClaudeAgentIdentity {
  id: string
  name: string
  description: string
  rest: string
  guesses: Guess[]
}

/** What an id is made of beside the name. */
type AgentNaming = Pick<ReadOptions, 'id' | 'prefix' | 'plugin'>

/** Reads `name` and `description`, or reports why they are invalid. */
export function readIdentity(
  path: string,
  matter: FrontMatter,
  options: AgentNaming = {},
): ClaudeAgentIdentity | Finding {
  const refuse = (key: string, message: string, hint: string): Finding =>
    importFinding('NOFX_IMPORT_FIELD', { file: path, offset: matter.findOffset(key) }, message, hint)
  const { name, description } = matter.data
  if (name === undefined || name === null || (typeof name === 'string' && name.trim() === ''))
    return refuse(
      'name',
      'name is missing',
      `add "name: ${slugify(stem(path)) ?? 'my-agent'}" to the front matter`,
    )
  if (typeof name !== 'string')
    return refuse('name', `name ${renderValue(name)} is not text`, 'put it in quotes')
  if (description !== undefined && description !== null && typeof description !== 'string')
    return refuse('description', `description ${renderValue(description)} is not text`, 'put it in quotes')
  const agentId = idFrom(name.trim(), path, options)
  const importedDescription = describeSource(description ?? '', matter.body)
  if (importedDescription.description === '')
    return refuse('description', 'description is missing', 'add "description: …" to the front matter')
  const title = titleFrom(name.trim())
  return {
    id: agentId.id,
    name: title.name,
    description: importedDescription.description,
    rest: importedDescription.rest,
    guesses: [...agentId.guesses, ...title.guesses, ...importedDescription.guesses],
  }
}

function idFrom(
  name: string,
  path: string,
  { id, prefix, plugin }: AgentNaming,
): { id: string; guesses: Guess[] } {
  if (id !== undefined) return { id, guesses: [] }
  const own = ownIdFrom(name, path)
  const before = [prefix, plugin].filter((part) => part !== undefined).join('-')
  const longer = slugify(`${before}-${own.id}`)
  if (before === '' || longer === undefined || own.id.startsWith(`${before}-`)) return own
  const why = 'agents of several plugins have the same name'
  const guesses = plugin === undefined ? own.guesses : [{ field: 'agentId', what: longer, why }]
  return { id: longer, guesses }
}

function ownIdFrom(name: string, path: string): { id: string; guesses: Guess[] } {
  if (definitionId.safeParse(name).success) return { id: name, guesses: [] }
  const guess = (what: string, why: string): Guess[] => [{ field: 'agentId', what, why }]
  const id = slugify(spellOut(name))
  if (id) return { id, guesses: guess(id, 'the name does not fit an id') }
  const fromFile = slugify(stem(path))
  if (fromFile)
    return { id: fromFile, guesses: guess(fromFile, "from the file's name: the name gives no id") }
  const latin = latinId(path, name, 'agent')
  return { id: latin, guesses: [{ field: 'agentId', what: latin, why: NO_LATIN, needs: true }] }
}

function renderValue(value: unknown): string {
  const text = JSON.stringify(value)
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text
}
