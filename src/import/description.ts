import { cut } from './cut.ts'
import { findParagraph, outline } from './outline.ts'
import type { Guess } from './sources/format.ts'

const MAX_DESCRIPTION = 1024

/** A description; empty if the source has none. `rest` is the part beyond the limit. */
export interface ImportedDescription {
  description: string
  rest: string
  guesses: Guess[]
}

/** The source's own description, else the first paragraph of its body. */
export function describeSource(source: string, body: string): ImportedDescription {
  const description = source.trim()
  const text = description === '' ? firstParagraph(body) : description
  const { head, rest } = cut(text, MAX_DESCRIPTION)
  const guesses: Guess[] = []
  if (description === '' && text !== '')
    guesses.push({ field: 'description', what: "the body's first paragraph", why: 'the source has none' })
  if (rest !== '')
    guesses.push({
      field: 'description',
      what: `cut to ${head.length} characters`,
      why: 'the rest is in metadata.import.kept, or in the file that it names',
    })
  return { description: head, rest, guesses }
}

function firstParagraph(body: string): string {
  return (
    outline(body)
      .map((section) => findParagraph(section.lines))
      .find((paragraph) => paragraph !== '') ?? ''
  )
}
