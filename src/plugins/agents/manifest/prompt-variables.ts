// `{{ name }}`, but not `${{ … }}` of workflow files and not `\{{`, the escape for plain braces. Dotted or spaced
// words are other template languages quoted in a prompt.
const VARIABLE = /(?<![\\$])\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\}/g

/** The variables of a prompt by name, each with the offset of its first use in UTF-16 code units. */
export function variablesIn(text: string): ReadonlyMap<string, number> {
  const variables = new Map<string, number>()
  const first = text.indexOf('{{')
  if (first < 0) return variables
  VARIABLE.lastIndex = first
  for (let match = VARIABLE.exec(text); match !== null; match = VARIABLE.exec(text))
    if (!variables.has(match[1] as string)) variables.set(match[1] as string, match.index)
  return variables
}

/** A name that looks like a variable and is not one, because a hyphen is not part of a name. */
const HYPHENATED = /(?<![\\$])\{\{\s*([A-Za-z_][A-Za-z0-9_]*(?:-[A-Za-z0-9_]+)+)\s*\}\}/g

/** Names with hyphens between double braces, each with the offset of its first use: a model gets them unchanged. */
export function hyphenatedIn(text: string): ReadonlyMap<string, number> {
  const variables = new Map<string, number>()
  const first = text.indexOf('{{')
  if (first < 0) return variables
  HYPHENATED.lastIndex = first
  for (let match = HYPHENATED.exec(text); match !== null; match = HYPHENATED.exec(text))
    if (!variables.has(match[1] as string)) variables.set(match[1] as string, match.index)
  return variables
}

/** Replaces each variable by its value from `valueFor`, and `\{{` by plain braces, in one pass. */
export function fillVariables(text: string, valueFor: (name: string) => string): string {
  const plain = (literal: string) => literal.replaceAll('\\{{', '{{')
  let filled = ''
  let end = 0
  for (const match of text.matchAll(VARIABLE)) {
    filled += plain(text.slice(end, match.index)) + valueFor(match[1] as string)
    end = match.index + match[0].length
  }
  return filled + plain(text.slice(end))
}
