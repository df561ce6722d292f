/** Parts a text at separators that stand outside of parentheses: inside they belong to a tool's own rule. */
function part(text: string, separator: RegExp): { parts: string[]; isClosed: boolean } {
  const parts = ['']
  let depth = 0
  for (const character of text) {
    if (character === '(') depth += 1
    else if (character === ')') depth = Math.max(0, depth - 1)
    if (depth === 0 && separator.test(character)) parts.push('')
    else parts[parts.length - 1] += character
  }
  const named = parts.map((one) => one.trim()).filter((one) => one !== '')
  return { parts: named, isClosed: depth === 0 }
}

/** `tools` as a list of names: it is written as one, or as text with commas. Undefined for anything else. */
export function toolNames(tools: unknown): string[] | undefined {
  if (Array.isArray(tools)) return tools.every((tool) => typeof tool === 'string') ? tools : undefined
  if (tools === null) return []
  return typeof tools === 'string' ? part(tools, /,/).parts : undefined
}

/**
 * The names in a list of denied tools. Spaces and bars part them too, and where a parenthesis is never closed, every
 * word counts: a name too many denies more.
 */
export function deniedNames(list: unknown): string[] | undefined {
  const texts = typeof list === 'string' ? [list] : list
  if (texts === null) return []
  if (!Array.isArray(texts) || !texts.every((one) => typeof one === 'string')) return undefined
  return texts.flatMap((text: string) => {
    const { parts, isClosed } = part(text, /[,;|\s]/)
    return isClosed ? parts : text.split(/[,;|\s()]+/).filter((one) => one !== '')
  })
}

/** `!Bash` and `-Bash` among the tools take one away. */
export function isNegated(name: string): boolean {
  return /^\s*[!-]/.test(name)
}
