import { isObject } from '../../contract/is-object.ts'

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
  const names = parts.map((one) => one.trim()).filter((one) => one !== '')
  return { parts: names, isClosed: depth === 0 }
}

/** Rules of one tool that do not deny it; where a person is asked, the source does not deny. */
const OPEN_RULES = new Set('true allow allowed ask always auto yes on enabled'.split(' '))

/** One tool's rule: anything that does not plainly leave it open denies it. */
export function denies(rule: unknown): boolean {
  if (isObject(rule)) return Object.values(rule).some(denies)
  return !OPEN_RULES.has(String(rule).trim().toLowerCase())
}

/**
 * `tools` as a list of names: it is written as one, as text with commas, or as a map of tools and rules, whose denied
 * ones are negated. Undefined for anything else.
 */
export function toolNames(tools: unknown): string[] | undefined {
  if (isObject(tools)) return ruledNames(tools)
  if (Array.isArray(tools)) return tools.every((tool) => typeof tool === 'string') ? tools : undefined
  if (tools === null) return []
  return typeof tools === 'string' ? part(tools, /,/).parts : undefined
}

/** A rule on parts of a tool has no equal: the whole tool is negated. */
function ruledNames(tools: Record<string, unknown>): string[] | undefined {
  const rules = Object.entries(tools)
  if (!rules.every(([, rule]) => typeof rule === 'boolean' || typeof rule === 'string' || isObject(rule)))
    return undefined
  return rules.map(([name, rule]) => (isObject(rule) || denies(rule) ? `!${name}` : name))
}

/**
 * The names in a list of denied tools. Spaces and bars part them too, and where a parenthesis is never closed, every
 * word counts: an extra name only denies more.
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
