import type { Finding } from '../../contract/diagnostic.ts'
import { definitionId, slugify } from '../../contract/fields/id.ts'
import { describeSource } from '../description.ts'
import { type Guess, importFinding } from '../sources/format.ts'
import type { FrontMatter } from '../sources/front-matter.ts'
import { spellOut, stem, titleFrom } from '../title.ts'

const MAX_SHOWN = 80

/** Who the agent is. `rest` is what the description had beyond its limit. */
export interface ClaudeIdentity {
  id: string
  name: string
  description: string
  rest: string
  guesses: Guess[]
}

/** Reads `name` and `description`, or tells what is wrong with them. */
export function identityOf(path: string, matter: FrontMatter, plugin?: string): ClaudeIdentity | Finding {
  const refuse = (key: string, message: string, hint: string): Finding =>
    importFinding('NOFX_IMPORT_FIELD', { file: path, offset: matter.offsetOf(key) }, message, hint)
  const { name, description } = matter.data
  if (name === undefined || name === null || (typeof name === 'string' && name.trim() === ''))
    return refuse(
      'name',
      'name is missing',
      `add "name: ${slugify(stem(path)) ?? 'my-agent'}" to the front matter`,
    )
  if (typeof name !== 'string') return refuse('name', `name ${shown(name)} is not text`, 'put it in quotes')
  if (description !== undefined && description !== null && typeof description !== 'string')
    return refuse('description', `description ${shown(description)} is not text`, 'put it in quotes')
  const named = idFrom(name.trim(), path, plugin)
  if (!named)
    return refuse('name', `name ${shown(name)} gives no id`, 'use lower-case words joined by hyphens')
  const told = describeSource(description ?? '', matter.body)
  if (told.description === '')
    return refuse('description', 'description is missing', 'add "description: …" to the front matter')
  const title = titleFrom(name.trim())
  return {
    id: named.id,
    name: title.name,
    description: told.description,
    rest: told.rest,
    guesses: [...named.guesses, ...title.guesses, ...told.guesses],
  }
}

function idFrom(
  name: string,
  path: string,
  plugin: string | undefined,
): { id: string; guesses: Guess[] } | undefined {
  const own = ownIdFrom(name, path)
  const id = own && plugin !== undefined ? slugify(`${plugin}-${own.id}`) : undefined
  if (!own || id === undefined || own.id.startsWith(`${plugin}-`)) return own
  return {
    id,
    guesses: [{ field: 'agentId', what: id, why: 'agents of several plugins have the same name' }],
  }
}

function ownIdFrom(name: string, path: string): { id: string; guesses: Guess[] } | undefined {
  if (definitionId.safeParse(name).success) return { id: name, guesses: [] }
  const guess = (what: string, why: string): Guess[] => [{ field: 'agentId', what, why }]
  const id = slugify(spellOut(name))
  if (id) return { id, guesses: guess(id, `the name ${shown(name)} does not fit an id`) }
  const fallback = slugify(stem(path))
  if (!fallback) return undefined
  return { id: fallback, guesses: guess(fallback, `from the file's name: ${shown(name)} gives no id`) }
}

function shown(value: unknown): string {
  const text = JSON.stringify(value)
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text
}
