import { RE2JS } from 're2js'
import { translatePattern } from './pattern-syntax.ts'

/** A pattern that is accepted: how many instructions it has, and whether it is found in a text, in linear time. */
export interface Pattern {
  /** Compiles a pattern that has not been used yet, as `test` does. */
  readonly size: number
  /** The size is not more than this, which is known without compiling. */
  readonly most: number
  /** What making it ready costs, in instructions. */
  readonly cost: number
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
 * Reads a pattern of JSON Schema for an engine that takes time linear in the text. Remembers the latest. Compiling
 * takes ten times as long as reading: it is left to the first use, unless RE2 alone knows whether it takes the pattern.
 * @param onCompile called before a pattern that is not remembered is read, with its size
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
  const pattern = new LazyPattern(translated.source, translated.size)
  if (translated.isPlain) return pattern
  try {
    pattern.compile()
    return pattern
  } catch {
    return { problem: 'has a part that RE2 does not know', isSyntax: false }
  }
}

/** Each step that is counted becomes two instructions at most; every pattern has a few more. */
const INSTRUCTIONS_PER_STEP = 2
const INSTRUCTIONS_AT_LEAST = 12

class LazyPattern implements Pattern {
  readonly cost: number
  readonly most: number
  readonly #source: string
  #compiled: RE2JS | undefined

  constructor(source: string, cost: number) {
    this.#source = source
    this.cost = cost
    this.most = INSTRUCTIONS_PER_STEP * cost + INSTRUCTIONS_AT_LEAST
  }

  get size(): number {
    return this.compile().programSize()
  }

  test(text: string): boolean {
    return this.compile().test(text)
  }

  compile(): RE2JS {
    this.#compiled ??= RE2JS.compile(this.#source)
    return this.#compiled
  }
}
