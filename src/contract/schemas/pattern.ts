import { RE2JS } from 're2js'
import { translatePattern } from './pattern-syntax.ts'

/** An accepted pattern: its number of instructions, and a test whether it matches in a text in linear time. */
export interface Pattern {
  /** Reading this compiles a pattern that has not been used yet, as `test` does. */
  readonly size: number
  /** An upper bound of `size` that needs no compilation. */
  readonly most: number
  /** Cost of compiling the pattern, in instructions. */
  readonly cost: number
  test: (text: string) => boolean
}

/** Why a pattern is refused. `isSyntax`: it is not a regular expression at all. */
export interface RefusedPattern {
  problem: string
  isSyntax: boolean
}

const patterns = new Map<string, Pattern | RefusedPattern>()
/** Patterns in the cache: more than one schema may have, so that checking many values compiles each only once. */
const MOST_KEPT = 1024

/**
 * Reads a pattern of JSON Schema for an engine whose time is linear in the text. Recent patterns are cached.
 * Compiling takes ten times as long as reading, so it is delayed until the first use, unless only RE2 can decide
 * whether it supports the pattern.
 * @param onCompile called with the size of a pattern that is not in the cache, before it is read
 */
export function compilePattern(source: string, onCompile?: (size: number) => void): Pattern | RefusedPattern {
  const remembered = patterns.get(source)
  if (remembered !== undefined) return remembered
  const pattern = compile(source, onCompile)
  if (patterns.size >= MOST_KEPT) patterns.clear()
  patterns.set(source, pattern)
  return pattern
}

function compile(source: string, onCompile?: (size: number) => void): Pattern | RefusedPattern {
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

/** Each counted step becomes at most two instructions; every pattern adds a few. */
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
