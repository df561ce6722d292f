import type { Finding } from '../../contract/diagnostic.ts'
import { slugify } from '../../contract/fields/id.ts'
import { describeSource } from '../description.ts'
import { NO_LATIN } from '../guesses.ts'
import { latinId } from '../latin-id.ts'
import { outline } from '../outline.ts'
import { type Guess, importFinding, type ReadOptions } from '../sources/format.ts'
import type { FrontMatter } from '../sources/front-matter.ts'
import { stem, titleFrom } from '../title.ts'

const MAX_NAME = 80
const MAX_CATEGORY = 40
/** Folders whose names do not describe their content. */
const COMMANDS = 'commands'
const OTHER = 'workflow'

/** What an id is made of beside the file's name. */
type CommandNaming = Pick<ReadOptions, 'base' | 'siblings' | 'wasThere' | 'id' | 'prefix'>

/** A command's id, name and description. `rest` is the part of the description beyond its limit. */
export interface ClaudeCommandIdentity {
  id: string
  name: string
  description: string
  category: string
  rest: string
  guesses: Guess[]
}

/** Reads a command's identity from its file name, front matter and headings, or reports which part is missing. */
export function readIdentity(
  path: string,
  options: CommandNaming,
  matter: FrontMatter,
): ClaudeCommandIdentity | Finding {
  const refuse = (key: string, message: string, hint: string): Finding =>
    importFinding('NOFX_IMPORT_FIELD', { file: path, offset: matter.findOffset(key) }, message, hint)
  const { description } = matter.data
  if (description !== undefined && description !== null && typeof description !== 'string')
    return refuse('description', 'description is not text', 'put it in quotes')
  const commandId = idFrom(path, options)
  if (matter.body.trim() === '') return refuse('body', 'the command has no text', 'write what it does')
  const importedDescription = describeSource(description ?? '', matter.body)
  const text = importedDescription.description.replace(/[\s:]*\$ARGUMENTS\b/g, '').trim()
  if (text === '')
    return refuse('description', 'description is missing', 'add "description: …" to the front matter')
  const title = readTitle(path, matter.body)
  const category = readCategory(`${options.base}/${path}`)
  return {
    id: commandId.id,
    name: title.name,
    description: text,
    category: category.category,
    rest: importedDescription.rest,
    guesses: [...commandId.guesses, ...title.guesses, ...importedDescription.guesses, ...category.guesses],
  }
}

/**
 * The file's name; with its folder's before it where another file of the import is called the same, and where an
 * earlier import has done so.
 */
function idFrom(
  path: string,
  { base, siblings, wasThere, id, prefix }: CommandNaming,
): { id: string; guesses: Guess[] } {
  if (id !== undefined) return { id, guesses: [] }
  const own = slugify(stem(path))
  if (own === undefined) {
    const commandId = withPrefix(prefix, latinId(path, stem(path), 'command'))
    return { id: commandId, guesses: [{ field: 'templateId', what: commandId, why: NO_LATIN, needs: true }] }
  }
  if (prefix !== undefined) return { id: withPrefix(prefix, own), guesses: [] }
  const longer = slugify(`${findFolder(`${base}/${path}`) ?? ''}-${own}`)
  const isShared = siblings.some((one) => one !== path && slugify(stem(one)) === own)
  const isKnown = longer !== undefined && wasThere(longer) && !wasThere(own)
  if (longer === undefined || longer === own || !(isShared || isKnown)) return { id: own, guesses: [] }
  return {
    id: longer,
    guesses: [{ field: 'templateId', what: longer, why: 'several commands have the same name' }],
  }
}

function withPrefix(prefix: string | undefined, id: string): string {
  return prefix === undefined || id.startsWith(`${prefix}-`) ? id : (slugify(`${prefix}-${id}`) ?? id)
}

/** The folder that a command's file is sorted into: below `commands`, else the one that has `commands` in it. */
function findFolder(path: string): string | undefined {
  const folders = path.split('/').slice(0, -1)
  const at = folders.lastIndexOf(COMMANDS)
  const inside = folders.slice(at + 1)
  return inside.at(-1) ?? folders[at - 1]
}

function readCategory(path: string): { category: string; guesses: Guess[] } {
  const category = slugify(findFolder(path) ?? '')
    ?.slice(0, MAX_CATEGORY)
    .replace(/-+$/, '')
  const isKnown = category !== undefined && category !== 'claude'
  return {
    category: isKnown ? category : OTHER,
    guesses: [
      isKnown
        ? { field: 'category', what: category, why: 'the folder that the command is in' }
        : { field: 'category', what: OTHER, why: 'no folder says what sort of work it is' },
    ],
  }
}

/** The first heading, if it is a title and not a sentence with arguments. */
function readTitle(path: string, body: string): { name: string; guesses: Guess[] } {
  const first = outline(body).find((section) => section.level === 1)?.title ?? ''
  return first !== '' && first.length <= MAX_NAME && !first.includes('$')
    ? { name: first, guesses: [] }
    : titleFrom(slugify(stem(path)) ?? stem(path))
}
