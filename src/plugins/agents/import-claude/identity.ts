import { definitionId, slugify } from '../../../core/contract/fields/id.ts'
import type { Finding } from '../../../core/diagnostic.ts'
import { type Guess, importFinding } from '../../../core/import/format.ts'
import { cut } from './cut.ts'
import type { FrontMatter } from './front-matter.ts'
import { outline, paragraphOf } from './outline.ts'

const MAX_NAME = 80
const MAX_DESCRIPTION = 1024
const MAX_SHOWN = 80

/** Words that a title writes in capitals. */
const ACRONYMS = new Set(
  'ai api aws c4 ci cd cpp csharp css db devops dx gcp hr html ios js llm ml mlops nlp php pr qa sdk seo sql sre tdd ui ux vr'.split(
    ' ',
  ),
)
const SPELLINGS: Readonly<Record<string, string>> = {
  cpp: 'C++',
  csharp: 'C#',
  devops: 'DevOps',
  ios: 'iOS',
  mlops: 'MLOps',
}

/** Who the agent is. `rest` is what the description had beyond its limit. */
export interface ClaudeIdentity {
  id: string
  name: string
  description: string
  rest: string
  guesses: Guess[]
}

/** Reads `name` and `description`, or tells what is wrong with them. */
export function identityOf(path: string, matter: FrontMatter): ClaudeIdentity | Finding {
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
  const named = idFrom(name.trim(), path)
  if (!named)
    return refuse('name', `name ${shown(name)} gives no id`, 'use lower-case words joined by hyphens')
  const told = describe(description ?? '', matter.body)
  if (told.text === '')
    return refuse('description', 'description is missing', 'add "description: …" to the front matter')
  const { head, rest } = cut(told.text, MAX_DESCRIPTION)
  const title = titleFrom(name.trim())
  const long: Guess[] =
    rest === ''
      ? []
      : [
          {
            field: 'description',
            what: `cut to ${head.length} characters`,
            why: 'the rest is in metadata.import',
          },
        ]
  return {
    id: named.id,
    name: title.name,
    description: head,
    rest,
    guesses: [...named.guesses, ...title.guesses, ...told.guesses, ...long],
  }
}

function idFrom(name: string, path: string): { id: string; guesses: Guess[] } | undefined {
  if (definitionId.safeParse(name).success) return { id: name, guesses: [] }
  const guess = (what: string, why: string): Guess[] => [{ field: 'agentId', what, why }]
  const id = slugify(name)
  if (id) return { id, guesses: guess(id, `the name ${shown(name)} does not fit an id`) }
  const fallback = slugify(stem(path))
  if (!fallback) return undefined
  return { id: fallback, guesses: guess(fallback, `from the file's name: ${shown(name)} gives no id`) }
}

/** A name with capitals or spaces is a title already; an id becomes one. */
function titleFrom(name: string): { name: string; guesses: Guess[] } {
  if (!/^[a-z0-9]+([-_][a-z0-9]+)*$/.test(name)) {
    const { head, rest } = cut(name.replace(/\s+/g, ' '), MAX_NAME)
    return {
      name: head,
      guesses: rest === '' ? [] : [{ field: 'name', what: head, why: 'a name may have 80 characters' }],
    }
  }
  const words = name.split(/[-_]/).map((word) => {
    if (ACRONYMS.has(word)) return SPELLINGS[word] ?? word.toUpperCase()
    return word[0]?.toUpperCase() + word.slice(1)
  })
  const title = cut(words.join(' '), MAX_NAME).head
  return { name: title, guesses: [{ field: 'name', what: title, why: 'a title made from the name' }] }
}

function describe(description: string, body: string): { text: string; guesses: Guess[] } {
  const text = description.trim()
  if (text !== '') return { text, guesses: [] }
  const paragraph = outline(body)
    .map((section) => paragraphOf(section.lines))
    .find((found) => found !== '')
  if (!paragraph) return { text: '', guesses: [] }
  return {
    text: paragraph,
    guesses: [{ field: 'description', what: "the body's first paragraph", why: 'the source has none' }],
  }
}

function stem(path: string): string {
  return path.replace(/^.*\//, '').replace(/\.[^.]*$/, '')
}

function shown(value: unknown): string {
  const text = JSON.stringify(value)
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text
}
