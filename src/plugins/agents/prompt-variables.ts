// `${{ … }}` belongs to workflow files, `\{{` is the escape for plain braces, and dotted or spaced words are other
// template languages quoted in a prompt.
const VARIABLE = /(?<![\\$])\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\}/g

/** The variables of a prompt by name, each with the offset of its first use. */
export function variablesIn(text: string): ReadonlyMap<string, number> {
  const found = new Map<string, number>()
  const first = text.indexOf('{{')
  if (first < 0) return found
  VARIABLE.lastIndex = first
  for (let match = VARIABLE.exec(text); match !== null; match = VARIABLE.exec(text))
    if (!found.has(match[1] as string)) found.set(match[1] as string, match.index)
  return found
}
