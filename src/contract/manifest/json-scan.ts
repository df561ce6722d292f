import type { Pointer } from '../diagnostic.ts'

/**
 * The result of a slow, exact scan of JSON text: what `JSON.parse` does not report, or reports differently in each
 * engine.
 */
export interface JsonScan {
  /** Where the text stops being JSON, and what was expected there. */
  error?: { offset: number; expected: string }
  /** Repeated keys, with their offsets. */
  duplicates: { offset: number; key: string; pointer: Pointer }[]
  /** The first bracket that opens one level too many. */
  tooDeep?: number
}

interface Level {
  keys?: Set<string>
  /** Key or index of the value that is being read. */
  at: string | number
}

/** Gets a call for every value and key, in the order of the text. */
export interface JsonListener {
  /** A value begins: `bracket` is `{` or `[`, or undefined for any other value. */
  value: (offset: number, bracket: '{' | '[' | undefined) => void
  key: (offset: number, key: string) => void
  /** The innermost object or array ends. */
  close: () => void
}

/** The next step to take. Steps return each other instead of calling each other, so that depth needs no stack. */
type ScanStep = (this: Scanner) => ScanStep | undefined

const BLANK = /[ \t\n\r]*/y
const STRING = /"[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\u0000-\u001f]*)*"/y
const LITERAL = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-])/y

/** Scans JSON text token by token without recursion, so that no nesting overflows the stack. */
export function scanJson(text: string, maxDepth: number, listener?: JsonListener): JsonScan {
  return new Scanner(text, maxDepth, listener).run()
}

class Scanner {
  readonly #text: string
  readonly #maxDepth: number
  readonly #levels: Level[] = []
  readonly #listener: JsonListener | undefined
  readonly #found: JsonScan = { duplicates: [] }
  #at = 0

  constructor(text: string, maxDepth: number, listener?: JsonListener) {
    this.#text = text
    this.#maxDepth = maxDepth
    this.#listener = listener
  }

  run(): JsonScan {
    let step: ScanStep | undefined = this.#value
    while (step) step = step.call(this)
    if (!this.#found.error && this.#peek() !== '') this.#fail('nothing more')
    return this.#found
  }

  /** Reads a value, or the bracket that opens a value. */
  #value(): ScanStep | undefined {
    const char = this.#peek()
    const bracket = char === '{' || char === '[' ? char : undefined
    this.#listener?.value(this.#at, bracket)
    if (bracket !== undefined) return this.#open(bracket)
    if (this.#token(char === '"' ? STRING : LITERAL) !== undefined) return this.#after()
    return this.#fail(char === '"' ? 'a string that ends on its line, with valid escapes' : 'a value')
  }

  #open(bracket: string): ScanStep | undefined {
    if (this.#levels.length >= this.#maxDepth) this.#found.tooDeep ??= this.#at
    this.#at++
    this.#levels.push(bracket === '{' ? { keys: new Set(), at: '' } : { at: 0 })
    if (this.#peek() === (bracket === '{' ? '}' : ']')) return this.#close()
    return bracket === '{' ? this.#key : this.#value
  }

  #close(): ScanStep | undefined {
    this.#at++
    this.#levels.pop()
    this.#listener?.close()
    return this.#after()
  }

  /** Expects what may follow a value; at the top level, nothing. */
  #after(): ScanStep | undefined {
    return this.#levels.length ? this.#next : undefined
  }

  /** Expects a comma and what comes after it, or the end of the level. */
  #next(): ScanStep | undefined {
    const level = this.#levels.at(-1) as Level
    const end = level.keys ? '}' : ']'
    const char = this.#peek()
    if (char === end) return this.#close()
    if (char !== ',') return this.#fail(`"," or "${end}"`)
    this.#at++
    if (level.keys) return this.#key
    level.at = Number(level.at) + 1
    return this.#value
  }

  #key(): ScanStep | undefined {
    const level = this.#levels.at(-1) as Level
    this.#peek()
    const offset = this.#at
    const token = this.#token(STRING)
    if (token === undefined) return this.#fail('a key in double quotes')
    const key = JSON.parse(token) as string
    level.at = key
    this.#listener?.key(offset, key)
    if (level.keys?.has(key)) {
      const pointer = this.#levels.map((one) => one.at)
      this.#found.duplicates.push({ offset, key, pointer })
    }
    level.keys?.add(key)
    if (this.#peek() !== ':') return this.#fail('":"')
    this.#at++
    return this.#value
  }

  /** The next character that is not a blank; empty at the end. */
  #peek(): string {
    BLANK.lastIndex = this.#at
    BLANK.test(this.#text)
    this.#at = BLANK.lastIndex
    return this.#text.charAt(this.#at)
  }

  #token(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at
    const token = pattern.exec(this.#text)?.[0]
    if (token !== undefined) this.#at += token.length
    return token
  }

  #fail(expected: string): undefined {
    this.#found.error = { offset: this.#at, expected }
  }
}
