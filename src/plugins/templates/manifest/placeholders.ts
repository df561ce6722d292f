/** Reads a parameter: `{{parameters.repo}}`. */
export interface ParameterPlaceholder {
  /** The source text, braces included. */
  source: string
  /** Where it starts, in UTF-16 code units. */
  index: number
  from: 'parameters'
  name: string
}

/** Reads an output of another step: `{{steps.review.outputs.summary}}`. */
export interface OutputPlaceholder {
  source: string
  index: number
  from: 'steps'
  step: string
  output: string
}

export type Placeholder = ParameterPlaceholder | OutputPlaceholder

/** Double braces that contain neither form, or that are never closed. */
export interface BrokenPlaceholder {
  source: string
  index: number
}

interface Braces extends BrokenPlaceholder {
  escaped: boolean
  placeholder?: Placeholder
}

// The text between braces contains no brace and no line end, so that no character is read twice: the time is linear
// in the text.
const BODY = /([^{}\n]*)\}\}/y
const REFERENCE = /^ *(?:parameters\.([\w-]+)|steps\.([\w-]+)\.outputs\.([\w-]+)) *$/

/** How many characters of broken braces a message repeats. */
const SHOWN = 60

const NONE: readonly Braces[] = []

/**
 * Every placeholder of a text in order, and every pair of double braces that is not a placeholder. `\{{` is a literal
 * `{{`. Whether the names exist is checked by rules.
 */
export function readPlaceholders(text: string): {
  placeholders: Placeholder[]
  broken: BrokenPlaceholder[]
} {
  const placeholders: Placeholder[] = []
  const broken: BrokenPlaceholder[] = []
  for (const { escaped, placeholder, source, index } of findBraces(text))
    if (placeholder !== undefined) placeholders.push(placeholder)
    else if (!escaped) broken.push({ source, index })
  return { placeholders, broken }
}

/** Splits a text into literals and placeholders in order, without empty literals; `\{{` becomes `{{`. */
export function splitText(text: string): (string | Placeholder)[] {
  const pieces: (string | Placeholder)[] = []
  let literal = ''
  let done = 0
  for (const { escaped, placeholder, source, index } of findBraces(text)) {
    if (!escaped && placeholder === undefined) continue
    literal += text.slice(done, index)
    done = index + source.length
    if (placeholder === undefined) literal += '{{'
    else {
      if (literal !== '') pieces.push(literal)
      pieces.push(placeholder)
      literal = ''
    }
  }
  literal += done === 0 ? text : text.slice(done)
  if (literal !== '') pieces.push(literal)
  return pieces
}

/**
 * Results for the last texts: rules and the examples of a template read the same texts in turn. The cache is cleared
 * when it has more characters than a template.
 */
const recent = new Map<string, readonly Braces[]>()
const RECENT_CHARACTERS = 1_000_000
let recentCharacters = 0

function findBraces(text: string): readonly Braces[] {
  const first = text.indexOf('{{')
  if (first < 0) return NONE
  let braces = recent.get(text)
  if (braces === undefined) {
    braces = scan(text, first)
    recentCharacters += text.length
    if (recentCharacters > RECENT_CHARACTERS) {
      recent.clear()
      recentCharacters = text.length
    }
    recent.set(text, braces)
  }
  return braces
}

function scan(text: string, first: number): Braces[] {
  const allBraces: Braces[] = []
  let index = first
  while (index >= 0) {
    const braces = bracesAt(text, index)
    allBraces.push(braces)
    const isBroken = !braces.escaped && braces.placeholder === undefined
    index = text.indexOf('{{', braces.index + (isBroken ? 2 : braces.source.length))
  }
  return allBraces
}

function bracesAt(text: string, first: number): Braces {
  if (text[first - 1] === '\\') return { source: '\\{{', index: first - 1, escaped: true }
  let index = first
  // Of three or more braces the last two open a placeholder.
  while (text[index + 2] === '{') index++
  BODY.lastIndex = index + 2
  const body = BODY.exec(text)?.[1]
  const source = body === undefined ? '' : text.slice(index, index + body.length + 4)
  const placeholder = body === undefined ? undefined : readReference(source, index, body)
  return placeholder === undefined
    ? { source: shownFrom(text, index), index, escaped: false }
    : { source, index, escaped: false, placeholder }
}

function readReference(source: string, index: number, body: string): Placeholder | undefined {
  const [, name, step, output] = REFERENCE.exec(body) ?? []
  if (name !== undefined) return { source, index, from: 'parameters', name }
  if (step === undefined || output === undefined) return undefined
  return { source, index, from: 'steps', step, output }
}

/** Broken braces up to where they close, the line ends or the message would become too long. */
function shownFrom(text: string, index: number): string {
  const start = text.slice(index, index + SHOWN)
  const close = start.indexOf('}}', 2)
  return (close < 0 ? start : start.slice(0, close + 2)).split('\n', 1)[0] as string
}
