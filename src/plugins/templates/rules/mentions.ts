import type { PlanStep } from '../manifest/plan-schema.ts'

/** True if a text (in lower case) names a step: by its id, by the words of its id, or by its name. */
export function mentions(text: string, { id, name }: Pick<PlanStep, 'id' | 'name'>): boolean {
  const lower = id.toLowerCase()
  return (
    hasWord(text, lower) ||
    (/[-_]/.test(lower) && hasWord(text, lower.replace(/[-_]+/g, ' ').trim())) ||
    (name !== undefined && text.includes(name.trim().toLowerCase()))
  )
}

const IN_WORD = /[\p{L}\p{N}_]/u

/** Matches only whole words: "tag" is not in "stage". */
function hasWord(text: string, word: string): boolean {
  if (word === '') return false
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1))
    if (!IN_WORD.test(text[at - 1] ?? ' ') && !IN_WORD.test(text[at + word.length] ?? ' ')) return true
  return false
}
