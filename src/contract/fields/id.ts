import { ID_PATTERN } from '../id-pattern.ts'
import { about, text } from './shape.ts'

const ID_RULE =
  'must be lower-case words joined by hyphens, such as "code-reviewer", and no Windows device name'

/** A definition's id: 2 to 64 characters, equal to its folder's name. */
export const definitionId = about(
  'Lower-case words joined by hyphens; a definition’s own id equals its folder’s name.',
  text({ min: 2, max: 64, pattern: ID_PATTERN, must: ID_RULE }),
)

/** Converts free text such as a title to an id; undefined if no part of the text can be used. */
export function slugify(title: string): string | undefined {
  const slug = title
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[-0-9]+/, '')
    .slice(0, 64)
    .replace(/-+$/, '')
  return slug.length >= 2 && ID_PATTERN.test(slug) ? slug : undefined
}
