import { RE2JS } from 're2js'
import { translatePattern } from './pattern-syntax.ts'

/** A pattern that is ready: how many instructions it has, and whether it is found in a text, in linear time. */
export interface Pattern {
  size: number
  /** What making it ready costs, in instructions. */
  cost: number
  test: (text: string) => boolean
}

/** Why a pattern is refused. `isSyntax`: it is not a regular expression at all. */
export interface Refused {
  problem: string
  isSyntax: boolean
}

const known = new Map<string, Pattern | Refused>()
/** More than one schema may have, so that checking many values compiles each but once. */
const KEPT = 1024

/**
 * Compiles a pattern of JSON Schema for an engine that takes time linear in the text. Remembers the latest.
 * @param onCompile called before a pattern that is not remembered is compiled, with its size
 */
export function compilePattern(source: string, onCompile?: (size: number) => void): Pattern | Refused {
  const remembered = known.get(source)
  if (remembered !== undefined) return remembered
  const made = compile(source, onCompile)
  if (known.size >= KEPT) known.clear()
  known.set(source, made)
  return made
}

function compile(source: string, onCompile?: (size: number) => void): Pattern | Refused {
  const translated = translatePattern(source)
  if (translated.source === undefined) return translated
  onCompile?.(translated.size)
  try {
    const expression = RE2JS.compile(translated.source)
    return { size: expression.programSize(), cost: translated.size, test: (text) => expression.test(text) }
  } catch {
    return { problem: 'has a part that RE2 does not know', isSyntax: false }
  }
}
